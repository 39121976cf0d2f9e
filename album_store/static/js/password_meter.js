// A strength meter below a new password. It judges as the store will: see viewmodels/shared/password_rule.py.

const MIN_CHARACTERS = 8;
const MAX_BYTES = 4096;
const JUDGED_CHARACTERS = 20;
const SHORTEST_WORD = 3;
const JUDGED_EMAIL = 254;
// The same few characters again and again, and the beginning of one more round.
const REPEATED = /^(.{1,20}?)\1+(.{0,19})$/su;
const TOO_EASY = [1, "Too easy to guess"];
// What the meter shows and says for each of zxcvbn's scores; the store refuses those below 2.
const VERDICTS = [TOO_EASY, TOO_EASY, [2, "Strength: fair"], [3, "Strength: good"], [4, "Strength: very good"]];
// A screen reader should speak when the typing rests, not at every key.
const PAUSE_MS = 500;

// The letters and digits alone, so that case, accents and signs in between hide nothing.
const letters = (text) => text.normalize("NFKD").toUpperCase().toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

// Each text as one word, and the words in it; the longest first.
function wordsOf(texts) {
  const parts = texts.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
  const words = new Set(parts.map(letters).filter((word) => [...word].length >= SHORTEST_WORD));
  return [...words].sort((a, b) => [...b].length - [...a].length);
}

function isLittleMoreThan(words, password) {
  const all = letters(password);
  const rest = [...all.replace(new RegExp(words.join("|"), "gu"), "")].length;
  const left = rest + new Set(password.replace(/[\p{L}\p{N}]/gu, "")).size;
  return left < MIN_CHARACTERS && left < [...all].length - rest;
}

// Of a long password both ends are judged, because the estimator's time explodes with the length.
function bestScore(password, known) {
  const repeated = REPEATED.exec(password);
  const core = [...(repeated?.[1].startsWith(repeated[2]) ? repeated[1] : password)];
  const ends = new Set([core.slice(0, JUDGED_CHARACTERS).join(""), core.slice(-JUDGED_CHARACTERS).join("")]);
  return Math.max(...[...ends].map((end) => window.zxcvbn(end, known).score));
}

function judge(password, email, storeName) {
  if (!password) {
    return [0, ""];
  }
  if ([...password.normalize("NFC")].length < MIN_CHARACTERS) {
    return [1, `Too short: at least ${MIN_CHARACTERS} characters`];
  }
  if (new TextEncoder().encode(password).length > MAX_BYTES) {
    return [1, `Too long: at most ${MAX_BYTES} bytes`];
  }
  const emailParts = email.slice(0, JUDGED_EMAIL).split("@");
  const known = [...emailParts, storeName];
  const wordLists = [[storeName], emailParts, known].map(wordsOf);
  const holdsEmail = email && password.toLowerCase().includes(email.toLowerCase());
  if (holdsEmail || wordLists.some((words) => isLittleMoreThan(words, password))) {
    return TOO_EASY;
  }
  return VERDICTS[bestScore(password, [...known.filter(Boolean), ...wordLists[2]])];
}

function makeMeter(input) {
  const box = document.createElement("div");
  const bar = document.createElement("meter");
  const words = document.createElement("p");
  box.className = "strength";
  bar.max = 4;
  bar.low = 2;
  bar.hidden = true;
  bar.setAttribute("aria-label", "Strength of the password");
  words.setAttribute("role", "status");
  box.append(bar, words);
  input.after(box);
  return { bar, words };
}

function start(input) {
  const { bar, words } = makeMeter(input);
  const username = input.form.querySelector('[autocomplete="username"]');
  let pause;
  const show = () => {
    const [value, verdict] = judge(input.value, username.value.trim(), input.dataset.storeName);
    bar.value = value;
    bar.hidden = !value;
    // The same words written again might be spoken again.
    if (words.textContent !== verdict) {
      words.textContent = verdict;
    }
  };
  const showSoon = () => {
    clearTimeout(pause);
    pause = setTimeout(show, PAUSE_MS);
  };
  // The whole form, because the address that a password may not contain can change after it.
  input.form.addEventListener("input", showSoon);
  showSoon();
}

// The estimator is large: it is fetched with the first key, and without it the form is what it was.
export function offerMeter(input) {
  if (!navigator.connection?.saveData) {
    const load = () => import(input.dataset.estimator).then(() => start(input), () => {});
    input.addEventListener("input", load, { once: true });
  }
}
