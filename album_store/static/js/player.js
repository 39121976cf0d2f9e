// The preview player: turns the play links of an album into buttons and adds a bar with the usual controls.

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  previous: "M6 5h2v14H6zm3 7 10 7V5z",
  next: "M16 5h2v14h-2zM5 5v14l10-7z",
  close: "M6 4.6 4.6 6l6 6-6 6L6 19.4l6-6 6 6 1.4-1.4-6-6 6-6L18 4.6l-6 6z",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", "24");
  svg.setAttribute("height", "24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function button(label, iconName, className, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.setAttribute("aria-label", label);
  made.append(icon(iconName));
  made.addEventListener("click", act);
  return made;
}

function clock(seconds) {
  const whole = Number.isFinite(seconds) ? Math.round(seconds) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

class Player {
  constructor(section) {
    this.section = section;
    this.audio = new Audio();
    this.audio.preload = "none";
    this.current = -1;
    this.clips = [...section.querySelectorAll("a.track-play")].map((link, index) => this.adopt(link, index));
    this.bar = this.makeBar();
    // After the last track, so that Tab goes straight from the tracks to the controls.
    section.append(this.bar);
    this.listen();
  }

  // Replace a link, which leaves the page, with a button.
  adopt(link, index) {
    const { title, by } = link.dataset;
    const made = button(link.textContent.trim(), "play", "track-play", () => this.toggle(index));
    made.setAttribute("aria-pressed", "false");
    link.replaceWith(made);
    return { url: link.href, title, by, button: made };
  }

  makeBar() {
    const bar = document.createElement("section");
    bar.className = "player";
    bar.hidden = true;
    bar.setAttribute("aria-label", "Player");

    this.toggleButton = button("Play", "play", "player-toggle", () => this.toggle(this.current));
    this.previousButton = button("Previous preview", "previous", "", () => this.step(-1));
    this.nextButton = button("Next preview", "next", "", () => this.step(1));
    const buttons = document.createElement("div");
    buttons.className = "player-buttons";
    buttons.append(this.previousButton, this.toggleButton, this.nextButton);

    this.title = document.createElement("p");
    this.title.className = "player-title";
    this.title.setAttribute("aria-live", "polite");
    this.seek = document.createElement("input");
    this.seek.type = "range";
    this.seek.className = "player-seek";
    this.seek.min = "0";
    this.seek.step = "1"; // seconds per arrow key press
    this.seek.setAttribute("aria-label", "Position in the preview");
    this.seek.addEventListener("input", () => {
      this.audio.currentTime = Number(this.seek.value);
    });
    const place = document.createElement("div");
    place.className = "player-place";
    place.append(this.title, this.seek);

    this.time = document.createElement("span");
    this.time.className = "player-time";
    const end = document.createElement("div");
    end.className = "player-buttons";
    end.append(button("Close the player", "close", "", () => this.close()));
    this.time.setAttribute("aria-hidden", "true");
    place.append(this.time);

    bar.append(buttons, place, end);
    return bar;
  }

  listen() {
    for (const name of ["play", "pause"]) {
      this.audio.addEventListener(name, () => this.show());
    }
    this.audio.addEventListener("timeupdate", () => this.showTime());
    this.audio.addEventListener("durationchange", () => this.showTime());
    this.audio.addEventListener("ended", () => this.step(1));
    this.audio.addEventListener("error", () => {
      // The browser still treats a failed clip as playing.
      this.audio.pause();
      this.showTitle(" could not be loaded. Try again.");
    });
    this.section.addEventListener("keydown", (event) => this.onKey(event));
  }

  // Up and Down move between clips and Escape closes the player. Buttons handle Space and Enter themselves.
  onKey(event) {
    const index = this.clips.findIndex((clip) => clip.button === document.activeElement);
    if (event.key === "Escape" && !this.bar.hidden) {
      this.close();
    } else if (index >= 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const next = this.clips[index + (event.key === "ArrowDown" ? 1 : -1)];
      next?.button.focus();
      event.preventDefault();
    }
  }

  toggle(index) {
    if (index !== this.current) {
      this.load(index);
      this.play();
    } else if (this.audio.paused) {
      this.play();
    } else {
      this.audio.pause();
    }
  }

  play() {
    if (this.audio.error) {
      this.load(this.current);
    }
    this.bar.hidden = false;
    document.body.classList.add("has-player");
    // A clip that cannot be played also fires "error", whose handler tells the listener.
    this.audio.play().catch(() => this.show());
  }

  load(index) {
    const before = this.current;
    this.current = index;
    const clip = this.clips[index];
    this.audio.src = clip.url;
    this.showTitle();
    // Not `disabled`, which would take the focus away from the button that was just pressed.
    this.previousButton.setAttribute("aria-disabled", String(index === 0));
    this.nextButton.setAttribute("aria-disabled", String(index === this.clips.length - 1));
    if (before >= 0) {
      this.mark(before, false);
    }
    if ("mediaSession" in navigator) {
      navigator.mediaSession.metadata = new MediaMetadata({
        title: clip.title,
        artist: clip.by,
        album: this.section.dataset.clips,
        artwork: [{ src: new URL(this.section.dataset.cover, location.href).href }],
      });
      navigator.mediaSession.setActionHandler("previoustrack", () => this.step(-1));
      navigator.mediaSession.setActionHandler("nexttrack", () => this.step(1));
    }
  }

  // <bdi> keeps the direction of the title apart from that of the words after it.
  showTitle(words = "") {
    const title = document.createElement("bdi");
    title.textContent = this.clips[this.current].title;
    this.title.replaceChildren(title, words);
  }

  // Does nothing before the first clip and after the last.
  step(by) {
    if (this.clips[this.current + by]) {
      this.load(this.current + by);
      this.play();
    }
  }

  close() {
    const clip = this.clips[this.current];
    const held = this.bar.contains(document.activeElement);
    this.audio.pause();
    this.bar.hidden = true;
    document.body.classList.remove("has-player");
    this.mark(this.current, false);
    if (held) {
      clip.button.focus();
    }
  }

  show() {
    const playing = !this.audio.paused;
    this.mark(this.current, playing);
    this.toggleButton.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.toggleButton.replaceChildren(icon(playing ? "pause" : "play"));
  }

  mark(index, playing) {
    const clip = this.clips[index];
    clip.button.setAttribute("aria-pressed", String(playing));
    clip.button.replaceChildren(icon(playing ? "pause" : "play"));
  }

  showTime() {
    const { currentTime, duration } = this.audio;
    this.seek.max = Number.isFinite(duration) ? String(duration) : "0";
    this.seek.value = String(currentTime);
    this.seek.setAttribute("aria-valuetext", `${clock(currentTime)} of ${clock(duration)}`);
    this.time.textContent = `${clock(currentTime)} / ${clock(duration)}`;
  }
}

document.querySelectorAll("[data-clips]").forEach((section) => new Player(section));
