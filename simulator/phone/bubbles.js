/* global queueMicrotask */
/** Draws one message as a bubble: every type that either side can send, the customer's own with ticks. */
import { mediaAddress } from './api.js';
import { clock, element, icon } from './dom.js';
import { isOnlyEmoji, richText } from './rich-text.js';

const TICKS = {
  sent: { name: 'tick', label: 'Sent' },
  delivered: { name: 'ticks', label: 'Delivered' },
  read: { name: 'ticks', label: 'Read' },
};
const EMOJI = ['👍', '❤️', '😂', '😮', '🙏'];

/**
 * @param {object} message as the control API gives it
 * @param {{ answer(reply: object): void, choose(list: object, message: object): void, quote(message: object): void,
 *   find(id: string): object | undefined, template(name: string, language: string): object | undefined }} actions
 */
export function bubble(message, actions) {
  const own = message.direction === 'inbound';
  const content = contentOf(message, actions);
  const made = element('li', {
    class: `bubble ${own ? 'own' : 'theirs'}${content.bare ? ' bare' : ''}`,
    'data-id': message.id,
    'data-day': message.accepted_at,
  });
  const body = element('div', { class: 'body' });
  body.append(element('span', { class: 'unseen' }, own ? 'You: ' : 'Business: '));
  const quoted = quoteOf(message, actions);
  if (quoted) body.append(quoted);
  body.append(...content.nodes);
  body.append(meta(message, own));
  made.append(body, toolbar(message, actions));
  if (content.below?.length) made.append(element('div', { class: 'below' }, ...content.below));
  return made;
}

/** Shows another state of an own message. */
export function setTicks(node, status) {
  const mark = TICKS[status];
  const place = node.querySelector('.mark');
  if (!mark || !place) return;
  place.className = `mark ${status}`;
  place.setAttribute('aria-label', mark.label);
  place.replaceChildren(icon(mark.name, 'ticks'));
}

/** Puts a reaction onto a bubble, or takes it off. */
export function setReaction(node, side, emoji) {
  let place = node.querySelector('.reactions');
  if (!place) {
    place = element('div', { class: 'reactions' });
    node.querySelector('.body').append(place);
  }
  place.querySelector(`[data-side=${side}]`)?.remove();
  if (emoji) {
    const who = side === 'own' ? 'You' : 'The business';
    place.append(
      element('span', { 'data-side': side, role: 'img', 'aria-label': `${who} reacted ${emoji}` }, emoji),
    );
  }
  if (place.childElementCount === 0) place.remove();
}

function meta(message, own) {
  const made = element(
    'span',
    { class: 'meta' },
    element('time', { dateTime: message.accepted_at }, clock(message.accepted_at)),
  );
  if (own) {
    const mark = element('span', { class: 'mark', role: 'img' });
    made.append(mark);
    queueMicrotask(() => setTicks(made, message.status));
  }
  return made;
}

function toolbar(message, actions) {
  const buttons = EMOJI.map((emoji) =>
    element(
      'button',
      {
        type: 'button',
        'aria-label': `React with ${emoji}`,
        onclick: () => actions.answer({ type: 'reaction', emoji, reply_to: message.id }),
      },
      emoji,
    ),
  );
  const quote = element(
    'button',
    { type: 'button', 'aria-label': 'Quote', onclick: () => actions.quote(message) },
    icon('reply'),
  );
  return element('div', { class: 'tools' }, ...buttons, quote);
}

function quoteOf(message, actions) {
  const id = message.body.context?.id ?? message.body.context?.message_id;
  const quoted = id && actions.find(id);
  if (!quoted) return null;
  const who = quoted.direction === 'inbound' ? 'You' : 'Business';
  return element('blockquote', {}, element('b', {}, who), element('span', {}, summary(quoted)));
}

/** One line about a message. */
export function summary(message) {
  const content = message.body[message.type] ?? {};
  const reply = content.button_reply ?? content.list_reply;
  const words = {
    text: () => content.body,
    image: () => content.caption || 'Photo',
    video: () => content.caption || 'Video',
    audio: () => 'Voice message',
    document: () => content.filename || 'Document',
    sticker: () => 'Sticker',
    location: () => content.name || 'Location',
    contacts: () => 'Contact',
    reaction: () => (content.emoji ? `Reacted ${content.emoji}` : 'Took a reaction back'),
    interactive: () => reply?.title ?? content.body?.text,
    button: () => content.text,
    template: () => content.rendered ?? 'Message',
  };
  return words[message.type]?.() ?? 'Message';
}

function contentOf(message, actions) {
  const content = message.body[message.type] ?? {};
  return (DRAW[message.type] ?? DRAW.unknown)(content, message, actions);
}

const DRAW = {
  text: (content) => {
    const text = content.body ?? '';
    return { nodes: [paragraph(text, isOnlyEmoji(text) ? 'huge' : 'text')], bare: isOnlyEmoji(text) };
  },
  image: (content) => ({
    nodes: [content.id ? picture(content) : linked('Photo', content.link), ...caption(content)],
  }),
  sticker: (content) => ({
    nodes: [content.id ? picture(content, 'sticker') : linked('Sticker', content.link)],
    bare: true,
  }),
  video: (content) => ({
    nodes: [
      content.id
        ? element('video', { src: mediaAddress(content.id), controls: true })
        : linked('Video', content.link),
      ...caption(content),
    ],
  }),
  audio: (content) => ({
    nodes: [
      content.id
        ? element('audio', { src: mediaAddress(content.id), controls: true })
        : linked('Audio', content.link),
    ],
  }),
  document: (content) => ({
    nodes: [
      element(
        'a',
        {
          class: 'file',
          href: content.id ? mediaAddress(content.id) : webLink(content.link),
          target: '_blank',
          rel: 'noopener noreferrer',
        },
        icon('file'),
        content.filename ?? 'Document',
      ),
      ...caption(content),
    ],
  }),
  location: (content) => ({
    nodes: [
      element(
        'div',
        { class: 'place' },
        icon('pin', 'icon large'),
        element('b', {}, content.name ?? 'Location'),
        element('span', {}, content.address ?? `${content.latitude}, ${content.longitude}`),
      ),
    ],
  }),
  contacts: (content) => ({
    nodes: []
      .concat(content)
      .map((person) =>
        element(
          'div',
          { class: 'place' },
          icon('person', 'icon large'),
          element('b', {}, person.name?.formatted_name ?? 'Contact'),
          element('span', {}, person.phones?.[0]?.phone ?? ''),
        ),
      ),
  }),
  interactive: drawInteractive,
  button: (content) => ({ nodes: [paragraph(content.text ?? '')] }),
  template: drawTemplate,
  unknown: (_content, message) => ({
    nodes: [element('p', { class: 'faint' }, `A message of type “${message.type}”`)],
  }),
};

function drawInteractive(content, message, actions) {
  const reply = content.button_reply ?? content.list_reply;
  if (reply)
    return {
      nodes: [
        paragraph(reply.title),
        reply.description ? element('p', { class: 'faint' }, reply.description) : '',
      ],
    };
  const nodes = [];
  if (content.header?.type === 'text') nodes.push(element('p', { class: 'heading' }, content.header.text));
  else if (content.header)
    nodes.push(...(DRAW[content.header.type]?.(content.header[content.header.type] ?? {}).nodes ?? []));
  if (content.body?.text) nodes.push(paragraph(content.body.text));
  if (content.footer?.text) nodes.push(element('p', { class: 'faint' }, content.footer.text));
  return { nodes, below: tapsOf(content, message, actions) };
}

function tapsOf(content, message, actions) {
  const { action = {}, type } = content;
  if (type === 'button')
    return action.buttons.map(({ reply }) =>
      tap(reply.title, 'reply', () =>
        actions.answer({ type: 'button_reply', text: reply.title, reply_id: reply.id, reply_to: message.id }),
      ),
    );
  if (type === 'list') return [tap(action.button, 'list', () => actions.choose(action, message))];
  if (type === 'cta_url') return [webTap(action.parameters.display_text, action.parameters.url)];
  if (type === 'location_request_message')
    return [
      tap('Share where I am', 'pin', () =>
        actions.answer({
          type: 'location',
          latitude: 54.3233,
          longitude: 10.1228,
          place: 'Kiel',
          reply_to: message.id,
        }),
      ),
    ];
  if (type === 'request_contact_info')
    return [
      tap('Share my number', 'person', () =>
        actions.answer({ type: 'contacts', reply_to: message.id, share: true }),
      ),
    ];
  return [];
}

function drawTemplate(content, message, actions) {
  const template = actions.template(content.name, content.language?.code);
  if (!template) return { nodes: [paragraph(content.name ?? 'Template')] };
  const part = (type) => template.components.find((one) => one.type?.toUpperCase() === type);
  const header = part('HEADER');
  const nodes = [];
  if (header?.text) nodes.push(element('p', { class: 'heading' }, filled(header.text, content, 'header')));
  const image = content.components?.find((one) => one.type?.toLowerCase() === 'header')?.parameters?.[0]
    ?.image;
  if (image) nodes.push(...DRAW.image(image).nodes);
  const text = filled(part('BODY')?.text ?? '', content, 'body');
  content.rendered = text;
  nodes.push(paragraph(text));
  if (part('FOOTER')?.text) nodes.push(element('p', { class: 'faint' }, part('FOOTER').text));
  const buttons = part('BUTTONS')?.buttons ?? [];
  const below = buttons.map((button) =>
    button.type === 'URL'
      ? webTap(button.text, button.url)
      : tap(button.text, 'reply', () =>
          actions.answer({ type: 'button', text: button.text, reply_id: button.text, reply_to: message.id }),
        ),
  );
  return { nodes, below };
}

/** Template text with its variables filled in, by name or by position. */
function filled(text, content, part) {
  const parameters = content.components?.find((one) => one.type?.toLowerCase() === part)?.parameters ?? [];
  return text.replace(/{{\s*(\w+)\s*}}/g, (whole, name) => {
    const named = parameters.find((one) => one.parameter_name === name);
    const found = named ?? parameters[Number(name) - 1];
    return found?.text ?? found?.currency?.fallback_value ?? found?.date_time?.fallback_value ?? whole;
  });
}

function paragraph(text, className = 'text') {
  return element('p', { class: className }, ...richText(String(text)));
}

function caption(content) {
  return content.caption ? [paragraph(content.caption)] : [];
}

function picture(content, className = 'picture') {
  return element('img', {
    class: className,
    src: mediaAddress(content.id),
    alt: content.caption || 'Photo',
    loading: 'lazy',
  });
}

/** Pictures from elsewhere are not loaded into this page; the link shows where they are. */
function linked(kind, href) {
  return element(
    'a',
    { class: 'file', href: webLink(href), target: '_blank', rel: 'noopener noreferrer' },
    icon('open'),
    kind,
  );
}

function webLink(href) {
  return /^https?:\/\//.test(href ?? '') ? href : '#';
}

function tap(text, iconName, onclick) {
  return element('button', { type: 'button', class: 'tap', onclick }, icon(iconName), text);
}

function webTap(text, href) {
  return element(
    'a',
    { class: 'tap', href: webLink(href), target: '_blank', rel: 'noopener noreferrer' },
    icon('open'),
    text,
  );
}
