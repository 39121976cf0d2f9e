"""The clip player, by keyboard and for screen readers."""

import re

import pytest
from playwright.sync_api import expect

ALBUM = "/albums/rain-on-zinc"
TRACKS = 5


class Player:
    """The player on the page that a visitor has open."""

    def __init__(self, visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.clips = self.page.locator(".track-play")
        self.bar = self.page.get_by_role("region", name="Player")
        self.title = self.bar.locator(".player-title")
        self.seek = self.bar.get_by_role("slider", name="Position in the preview")

    def control(self, name):
        """A button of the player."""
        return self.bar.get_by_role("button", name=name, exact=True)

    def is_playing(self, number):
        """Wait until this clip (counted from 1) plays and every indicator shows it."""
        title = self.page.locator(".track-title").nth(number - 1).inner_text()
        expect(self.title).to_have_text(title)
        expect(self.control("Pause")).to_be_visible()
        expect(self.page.locator('.track-play[aria-pressed="true"]')).to_have_count(1)
        expect(self.clips.nth(number - 1)).to_have_attribute("aria-pressed", "true")

    def is_silent(self):
        """Wait until nothing plays and every indicator shows it."""
        expect(self.page.locator('.track-play[aria-pressed="true"]')).to_have_count(0)
        expect(self.page.locator(".player-toggle")).to_have_attribute("aria-label", "Play")

    def press(self, key):
        """Press a key in the focused element."""
        self.page.keyboard.press(key)


@pytest.fixture
def player(visitor):
    visitor.go(ALBUM)
    expect(visitor.page.locator("button.track-play")).to_have_count(TRACKS)
    return Player(visitor)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_clip_is_reached_with_tab_and_started_and_stopped_with_a_key(player, key):
    player.visitor.tab_to(player.clips.first)
    expect(player.bar).to_have_count(0)
    player.press(key)
    player.is_playing(1)
    player.press(key)
    player.is_silent()
    expect(player.clips.first).to_be_focused()


def test_each_clip_is_a_button_named_after_its_track(player):
    title = player.page.locator(".track-title").first.inner_text()
    expect(player.clips.first).to_have_role("button")
    expect(player.clips.first).to_have_accessible_name(f"Play a preview of {title}")
    expect(player.clips.first).to_have_attribute("aria-pressed", "false")


def test_arrow_keys_move_through_the_clips_and_stop_at_both_ends(player):
    player.visitor.tab_to(player.clips.first)
    player.press("ArrowUp")
    expect(player.clips.first).to_be_focused()
    for place in [1, 2, 3, 4, 4]:
        player.press("ArrowDown")
        expect(player.clips.nth(place)).to_be_focused()
    player.press("ArrowUp")
    expect(player.clips.nth(3)).to_be_focused()
    player.is_silent()


def test_tab_leads_from_the_last_track_to_the_controls(player):
    player.clips.last.focus()
    player.press("Enter")
    player.is_playing(TRACKS)
    player.press("Tab")
    expect(player.page.locator(".track-action").last.get_by_role("button")).to_be_focused()
    player.press("Tab")
    expect(player.control("Previous preview")).to_be_focused()
    player.press("Tab")
    expect(player.control("Pause")).to_be_focused()


def test_the_slider_responds_to_arrow_keys_and_announces_the_time(player):
    player.clips.first.click()
    player.is_playing(1)
    expect(player.seek).to_have_attribute("max", re.compile(r"^[1-9]"))
    player.control("Pause").click()
    player.is_silent()
    player.seek.focus()
    player.press("Home")
    expect(player.seek).to_have_attribute("aria-valuetext", re.compile(r"^0:00 of 0:0[1-9]$"))
    player.press("ArrowRight")
    player.press("ArrowRight")
    expect(player.seek).to_have_attribute("aria-valuetext", re.compile(r"^0:02 of"))
    player.press("ArrowLeft")
    expect(player.seek).to_have_attribute("aria-valuetext", re.compile(r"^0:01 of"))
    expect(player.bar.locator(".player-time")).to_have_text(re.compile(r"^0:01 / "))


def test_next_and_previous_go_through_the_clips_and_keep_the_focus(player):
    player.clips.first.click()
    player.is_playing(1)
    player.control("Next preview").focus()
    player.press("Enter")
    player.is_playing(2)
    expect(player.control("Next preview")).to_be_focused()
    player.control("Previous preview").focus()
    player.press("Space")
    player.is_playing(1)
    expect(player.control("Previous preview")).to_be_focused()


def test_previous_and_next_are_disabled_at_the_ends(player):
    player.clips.first.click()
    player.is_playing(1)
    expect(player.control("Previous preview")).to_have_attribute("aria-disabled", "true")
    expect(player.control("Next preview")).to_have_attribute("aria-disabled", "false")
    player.control("Previous preview").click(force=True)
    player.is_playing(1)
    player.clips.last.click()
    player.is_playing(TRACKS)
    expect(player.control("Next preview")).to_have_attribute("aria-disabled", "true")


def test_escape_closes_the_player_and_returns_the_focus_to_its_clip(player):
    player.clips.nth(1).click()
    player.is_playing(2)
    player.seek.focus()
    player.press("Escape")
    expect(player.bar).to_have_count(0)
    player.is_silent()
    expect(player.clips.nth(1)).to_be_focused()


def test_a_closed_player_opens_again_with_the_same_clip(player):
    player.clips.first.click()
    player.control("Close the player").click()
    expect(player.bar).to_have_count(0)
    expect(player.clips.first).to_be_focused()
    player.press("Enter")
    expect(player.bar).to_be_visible()
    player.is_playing(1)


def test_a_clip_that_ends_moves_on_to_the_next(player):
    player.clips.first.click()
    player.is_playing(1)
    expect(player.seek).to_have_attribute("max", re.compile(r"^[1-9]"))
    player.seek.focus()
    player.press("End")
    player.is_playing(2)


def test_playback_stops_after_the_last_clip(player):
    player.clips.last.click()
    player.is_playing(TRACKS)
    expect(player.seek).to_have_attribute("max", re.compile(r"^[1-9]"))
    player.seek.focus()
    player.press("End")
    player.is_silent()
    expect(player.bar).to_be_visible()


def test_a_clip_that_cannot_be_loaded_says_so_and_can_be_tried_again(player):
    player.visitor.watch.allowed_paths.add("/previews/")
    player.page.route("**/previews/*", lambda route: route.abort())
    player.clips.first.click()
    expect(player.title).to_have_text(re.compile("could not be loaded. Try again.$"))
    expect(player.title).to_have_attribute("aria-live", "polite")
    player.is_silent()
    player.page.unroute("**/previews/*")
    player.clips.first.click()
    player.is_playing(1)


def test_the_focused_element_is_never_behind_the_player(make_visitor):
    visitor = make_visitor(viewport={"width": 390, "height": 600})
    visitor.go(ALBUM)
    player = Player(visitor)
    player.clips.first.click()
    player.is_playing(1)
    player.control("Pause").click()
    top = player.bar.bounding_box()["y"]
    seen = set()
    for _ in range(60):
        player.press("Tab")
        box = visitor.page.evaluate(
            """() => {
                const element = document.activeElement;
                if (element === document.body || element.closest(".player")) return null;
                const { bottom } = element.getBoundingClientRect();
                return { bottom, name: element.outerHTML.slice(0, 80) };
            }"""
        )
        if box:
            seen.add(box["name"])
            assert box["bottom"] <= top + 1, box["name"]
    assert len(seen) > TRACKS
