/* global document */
/** Makes elements. Text goes in as text, never as HTML, so that nothing that somebody writes can become code. */

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `class`, `aria-…`, `data-…`, `on…` or properties of the element
 * @param {...(Node | string | null | undefined | false)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'class' || name.includes('-') || name === 'role')
      made.setAttribute(name, String(value));
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} name id of a symbol in the page */
export function icon(name, className = 'icon') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A round picture of two letters whose colour depends on the name. */
export function avatar(name, key = name) {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word));
  const letters = words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join('');
  let hash = 0;
  for (const char of key) hash = (hash * 31 + char.codePointAt(0)) % 997;
  const made = element('span', { class: `avatar hue-${hash % 6}`, 'aria-hidden': 'true' });
  made.append(letters || icon('person'));
  return made;
}

/** @param {string} iso */
export const clock = (iso) =>
  new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });

/** "Today", "Yesterday", or the date. */
export function dayOf(iso) {
  const day = new Date(iso);
  const start = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const ago = Math.round((start(new Date()) - start(day)) / 86_400_000);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  return day.toLocaleDateString([], { day: 'numeric', month: 'long', year: 'numeric' });
}
