/** Files in the thread: a photo opens large and by the keyboard, a document is saved, sound has a player, what is missing says why. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { DEMO_ACCOUNT } from '../../src/demo/demo-content.ts';
import { keepPicture, openPage, press, signIn } from '../harness/browser-page.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

const NUMBER = DEMO_ACCOUNT.dedicated.id;
const SENDER = { phone_number_id: NUMBER, from: '4915155500888', name: 'Ilse Brandt' };

/** Half a second of silence, as a browser's player takes it. */
function silence(): Buffer {
  const samples = Buffer.alloc(4000, 128);
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

async function write(type: string, mimeType: string, bytes: Buffer, about: object = {}): Promise<void> {
  const { control } = switchboard.simulator;
  const item = await control.storeMedia({ phoneNumberId: NUMBER, mimeType, bytes, filename: null });
  control.inbound({
    ...SENDER,
    type,
    message: { [type]: { id: item.id, mime_type: mimeType, sha256: item.sha256, ...about } },
  });
  await switchboard.settle();
}

const picture = (background: string, width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();

test('photos open large and by the keyboard, a document is saved, a lost file says why and is asked for again', async () => {
  await write('image', 'image/jpeg', await picture('#3a7', 1200, 800), { caption: 'The tap in the kitchen' });
  await write('image', 'image/jpeg', await picture('#a37', 600, 900));
  await write('document', 'application/pdf', Buffer.from('%PDF-1.4\n'), { filename: 'Handover 2026.pdf' });
  await write('audio', 'audio/wav', silence(), { voice: true });
  switchboard.simulator.control.inbound({
    ...SENDER,
    type: 'image',
    timestamp: Math.floor(Date.now() / 1000) - 8 * 86_400,
    message: { image: { id: '700000000000001', mime_type: 'image/jpeg' } },
  });
  await switchboard.settle();

  const { page, faults, close } = await openPage(browser);
  await signIn(page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
  await page.getByRole('link', { name: /Ilse Brandt/ }).click();
  const thread = page.getByRole('region', { name: 'Conversation' });
  const photos = thread.getByRole('button', { name: 'Open photo' });
  await photos.nth(1).waitFor();
  await thread.getByText('The tap in the kitchen').waitFor();
  // The box is there before the picture, and the picture fills it.
  const size = await photos.first().evaluate((box) => [box.clientWidth, box.clientHeight]);
  expect(size).toEqual([320, 213]);
  await photos.first().focus();
  await expect
    .poll(() =>
      photos
        .first()
        .locator('img')
        .evaluate((img: { naturalWidth?: number }) => img.naturalWidth),
    )
    .toBe(640);
  await press(page, 'Enter');
  const large = page.getByRole('dialog');
  await large.getByText('1 of 2').waitFor();
  const whole = large.getByRole('img', { name: 'Photo from the conversation' });
  await expect.poll(() => whole.evaluate((img: { naturalWidth?: number }) => img.naturalWidth)).toBe(1200);
  expect((await whole.boundingBox())?.height).toBeGreaterThan(400);
  await keepPicture(page, 'photo-large');
  await press(page, 'ArrowRight');
  await large.getByText('2 of 2').waitFor();
  await press(page, 'Escape');
  await large.waitFor({ state: 'hidden' });

  const saved = page.waitForEvent('download');
  await thread.getByRole('link', { name: 'Save Handover 2026.pdf' }).click();
  expect((await saved).suggestedFilename()).toBe('Handover 2026.pdf');

  const player = thread.getByLabel('Voice message');
  await expect
    .poll(() => player.evaluate((audio: { duration?: number }) => audio.duration))
    .toBeCloseTo(0.5, 1);

  await thread.getByText(/keeps files for seven days/).waitFor();
  await keepPicture(page, 'files');
  await thread.getByRole('button', { name: 'Try again' }).click();
  await switchboard.settle();
  await thread.getByText(/keeps files for seven days/).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a photo that comes while the thread is open appears without reloading, on a phone too', async () => {
  const { page, faults, close } = await openPage(browser, {
    viewport: { width: 390, height: 844 },
    colorScheme: 'dark',
  });
  await signIn(page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
  await page.getByRole('link', { name: /Ilse Brandt/ }).click();
  const photos = page.getByRole('button', { name: 'Open photo' });
  await photos.nth(1).waitFor();
  await write('image', 'image/jpeg', await picture('#37a', 1000, 1000));
  await expect.poll(() => photos.count()).toBe(3);
  await keepPicture(page, 'files-phone-dark');
  expect(faults).toEqual([]);
  await close();
});
