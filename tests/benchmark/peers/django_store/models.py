"""The tables that the pages show."""

from django.db import models


class Artist(models.Model):
    """A band or musician."""

    name = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    biography = models.TextField()
    picture = models.CharField(max_length=200, null=True)
    links = models.CharField(max_length=2000)

    class Meta:
        """The store's table."""

        db_table, managed = "Artist", False

    def __str__(self) -> str:
        """The name."""
        return self.name


class Genre(models.Model):
    """A genre."""

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=100)

    class Meta:
        """The store's table."""

        db_table, managed = "Genre", False
        ordering = ("name",)

    def __str__(self) -> str:
        """The name."""
        return self.name


class License(models.Model):
    """A licence of albums."""

    name = models.CharField(max_length=100, primary_key=True)
    description = models.CharField(max_length=500)
    link = models.CharField(max_length=300)

    class Meta:
        """The store's table."""

        db_table, managed = "License", False

    def __str__(self) -> str:
        """The name."""
        return self.name


class Album(models.Model):
    """An album for sale."""

    url = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    artist = models.ForeignKey(Artist, models.PROTECT)
    release_date = models.DateField(null=True)
    sort_date = models.DateField()
    price_cents = models.IntegerField()
    currency = models.CharField(max_length=3)
    cover = models.CharField(max_length=200, null=True)
    description = models.TextField()
    credits = models.TextField()
    published = models.BooleanField()
    license = models.ForeignKey(License, models.SET_NULL, null=True, db_column="license_name")
    language_name = models.CharField(max_length=100, null=True)
    genres = models.ManyToManyField(Genre, through="AlbumGenre", related_name="albums")

    class Meta:
        """The store's table."""

        db_table, managed = "Album", False

    def __str__(self) -> str:
        """The title."""
        return self.title


class AlbumGenre(models.Model):
    """A genre of an album."""

    pk = models.CompositePrimaryKey("genre_id", "album_id")
    genre = models.ForeignKey(Genre, models.CASCADE)
    album = models.ForeignKey(Album, models.CASCADE)

    class Meta:
        """The store's table."""

        db_table, managed = "AlbumGenre", False

    def __str__(self) -> str:
        """The keys."""
        return f"{self.genre_id} {self.album_id}"


class Track(models.Model):
    """A track of an album."""

    album = models.ForeignKey(Album, models.CASCADE, related_name="tracks")
    display_order = models.IntegerField()
    disc_number = models.IntegerField()
    track_number = models.IntegerField()
    title = models.CharField(max_length=300)
    artist_name = models.CharField(max_length=200)
    composer = models.CharField(max_length=500)
    length_ms = models.IntegerField()
    isrc = models.CharField(max_length=12)
    lyrics = models.TextField()
    preview = models.CharField(max_length=200, null=True)

    class Meta:
        """The store's table."""

        db_table, managed = "Track", False
        ordering = ("display_order",)

    def __str__(self) -> str:
        """The title."""
        return self.title
