"""Every URL of the site."""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """Add the routes. The first match wins. Routes that hash passwords pass through the gate."""
    config.add_route("home.index", "/")

    config.add_route("albums.index", "/albums")
    config.add_route("albums.feed", "/albums.atom")
    config.add_route("albums.details", "/albums/{url}")
    config.add_route("albums.placeholder_cover", "/albums/{url}/cover.svg")
    config.add_route("artists.details", "/artists/{url}")
    config.add_route("search.index", "/search")

    config.add_route("cart.index", "/cart")
    config.add_route("cart.amounts", "/cart/amounts")
    config.add_route("cart.remove", "/cart/remove")
    config.add_route("checkout.index", "/checkout")
    config.add_route("checkout.pay", "/checkout/{order_id}/pay")
    config.add_route("checkout.return", "/checkout/{order_id}/return")
    config.add_route("checkout.back", "/checkout/{order_id}/back")
    config.add_route("checkout.cancel", "/checkout/{order_id}/cancel")
    config.add_route("purchases.index", "/purchases")
    config.add_route("purchases.forget", "/purchases/forget")
    config.add_route("purchases.open", "/purchases/open/{code}")
    config.add_route("purchases.details", "/purchases/{order_id}")
    config.add_route("purchases.receipt", "/purchases/{order_id}/receipt")
    config.add_route("purchases.credit_note", "/purchases/{order_id}/credit_notes/{refund_id}")
    config.add_route("purchases.address", "/purchases/{order_id}/address")
    config.add_route("purchases.withdraw", "/purchases/{order_id}/withdraw")
    config.add_route("purchases.download", "/purchases/{order_id}/tracks/{track_id}")
    config.add_route("library.index", "/library")
    config.add_route("downloads.file", "/downloads/{token}")

    config.add_route("account.index", "/account")
    config.add_route("account.profile", "/account/profile")
    config.add_hashing_route("account.password", "/account/password")
    config.add_hashing_route("account.email", "/account/email")
    config.add_route("account.sessions", "/account/sessions")
    config.add_route("account.export", "/account/export")
    config.add_route("account.export_json", "/account/export.json")
    config.add_hashing_route("account.delete", "/account/delete")
    config.add_route("account.keep", "/account/keep")
    config.add_hashing_route("account.register", "/account/register")
    config.add_route("account.register_sent", "/account/register_sent")
    config.add_hashing_route("account.confirm", "/account/confirm/{code}")
    config.add_route("account.confirm_email", "/account/confirm_email/{code}")
    config.add_hashing_route("account.signin", "/account/signin")
    config.add_route("account.signout", "/account/signout")
    config.add_route("account.forgot_password", "/account/forgot_password")
    config.add_route("account.reset_sent", "/account/reset_sent")
    config.add_route("account.reset_link", "/account/reset_password/{code}")
    config.add_hashing_route("account.reset_password", "/account/reset_password")

    config.add_route("admin.index", "/admin")
    config.add_route("admin.test_mail", "/admin/test_mail")
    config.add_route("admin.accounts", "/admin/accounts")
    config.add_route("admin.account", "/admin/accounts/{account_id}")
    config.add_route("admin.disable", "/admin/accounts/{account_id}/disable")
    config.add_route("admin.enable", "/admin/accounts/{account_id}/enable")
    config.add_route("admin.end_sessions", "/admin/accounts/{account_id}/end_sessions")
    config.add_route("admin.start_reset", "/admin/accounts/{account_id}/start_reset")
    config.add_hashing_route("admin.role", "/admin/accounts/{account_id}/role")
    config.add_route("admin.orders", "/admin/orders")
    config.add_route("admin.orders_csv", "/admin/orders.csv")
    config.add_route("admin.order", "/admin/orders/{order_id}")
    config.add_route("admin.albums", "/admin/albums")
    config.add_route("admin.album", "/admin/albums/{url}")
    config.add_route("admin.album_price", "/admin/albums/{url}/price")
    config.add_route("admin.track_prices", "/admin/albums/{url}/tracks")
    config.add_route("admin.refund", "/admin/orders/{order_id}/refund")
    config.add_route("admin.send_receipt", "/admin/orders/{order_id}/send_receipt")
    config.add_route("admin.order_address", "/admin/orders/{order_id}/address")
    config.add_route("admin.resets", "/admin/resets")
    config.add_route("admin.blocks", "/admin/blocks")
    config.add_route("admin.lift_block", "/admin/blocks/{block_id}/lift")
    config.add_route("admin.actions", "/admin/actions")

    config.add_route("media.cover", "/covers/{name}")
    config.add_route("media.preview", "/previews/{name}")

    config.add_route("site.health", "/health")
    config.add_route("site.robots", "/robots.txt")
    config.add_route("site.sitemap", "/sitemap.xml")
    config.add_route("site.sitemap_page", "/sitemap-{page:[1-9][0-9]*}.xml")
    config.add_route("site.styles", "/styles.css")

    if config.registry.store_settings.payment_gateway == "stripe":
        config.add_machine_route("payments.stripe", "/payments/stripe")

    if config.registry.store_settings.payment_gateway == "local":
        config.add_route("local_payments.details", "/payments/local/{session_id}")

    if config.registry.store_settings.shows_mailbox:
        config.add_route("mailbox.index", "/mail")
        config.add_route("mailbox.details", "/mail/{name}")
        config.add_route("mailbox.html", "/mail/{name}/html")
