// What every page gets: forms that are sent once, or answered by a passkey, passwords to be seen, values to be copied, pairs of fields, the countdown, the wait, countries by name,
// moments in the reader's zone.

import { copies } from "./copy.js";
import { nameCountry } from "./countries.js";
import { countDown, wait } from "./countdown.js";
import { sendOnce } from "./once.js";
import { pair } from "./pair.js";
import { withPasskey } from "./passkey.js";
import { reveal } from "./reveal.js";
import { showOwnTime } from "./times.js";

document.querySelectorAll<HTMLFormElement>("form[data-once]").forEach(sendOnce);
document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(withPasskey);
document.querySelectorAll<HTMLInputElement>("input[data-show]").forEach(reveal);
document.querySelectorAll<HTMLButtonElement>("[data-copy]").forEach(copies);
document.querySelectorAll<HTMLElement>("[data-pair]").forEach(pair);
document.querySelectorAll<HTMLElement>("[data-clock]").forEach(countDown);
document.querySelectorAll<HTMLElement>("[data-wait]").forEach(wait);
document.querySelectorAll<HTMLElement>("[data-country]").forEach(nameCountry);
document.querySelectorAll<HTMLTimeElement>("time[datetime]").forEach(showOwnTime);
