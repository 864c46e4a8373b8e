// Draws the icons from shapes.json: SVG sources here, and with rsvg-convert (Debian: librsvg2-bin) the pictures
// that programs and packages take. Run it after a change: node icons/draw.mjs

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const shapes = JSON.parse(readFileSync(join(here, 'shapes.json'), 'utf8'));

/** Panels are 22 or 24 px high, at up to twice the density. */
export const traySizes = [16, 22, 24, 32, 44, 48];
/** `on-light` and `on-dark` are one colour for that panel; `colour` has an outline and fits any. */
export const styles = ['on-light', 'on-dark', 'colour'];
export const icons = Object.keys(shapes.icons);

const tones = { solid: '#0b57d0', dots: '#0b57d0', ask: '#0b57d0', clock: '#8a4b00', lock: '#8a4b00', bang: '#b3261e', cross: '#b3261e' };

/** One shape in one style, as SVG. */
export function svg(icon, style) {
  const { base, badge } = shapes.icons[icon];
  const parts = badge ? shapes.badges[badge] : undefined;
  const colour = style === 'on-light' ? '#16191d' : style === 'on-dark' ? '#f5f6f8' : (tones[icon] ?? '#5b626b');
  const draw = (paint, outline) => {
    const halo = outline ? ` stroke="${paint}" stroke-width="2.2" stroke-linejoin="round"` : '';
    const tag =
      base === 'solid' || outline
        ? `<path d="${outline ? shapes.tag : shapes.solid}" fill="${paint}" fill-rule="evenodd"${halo}/>`
        : `<path d="${shapes.hollow}" fill="none" stroke="${paint}" stroke-width="1.4" stroke-linejoin="round"/><circle cx="5.2" cy="5.2" r="1" fill="${paint}"/>`;
    const cut = parts && !outline ? ' mask="url(#cut)"' : '';
    const hole = parts && !outline ? ' mask="url(#hole)"' : '';
    const drawn = parts ? `<g${hole}>${parts.draw.map((one) => piece(one, paint, outline ? 1.6 : 0)).join('')}</g>` : '';
    return `<g${cut}>${tag}</g>${drawn}`;
  };
  const mask = (id, pieces) =>
    `<mask id="${id}" maskUnits="userSpaceOnUse" x="-2" y="-2" width="20" height="20"><rect x="-2" y="-2" width="20" height="20" fill="#fff"/>${(pieces ?? []).map((one) => piece(one, '#000', 0)).join('')}</mask>`;
  const masks = parts ? `<defs>${mask('cut', parts.cut)}${mask('hole', parts.hole)}</defs>` : '';
  const outline = style === 'colour' ? draw('#ffffff', true) : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${masks}${outline}${draw(colour, false)}</svg>\n`;
}

function piece(one, paint, grow) {
  const width = one.stroke || grow ? (one.stroke ?? 0) + grow : 0;
  const stroke = width ? ` stroke="${paint}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"` : '';
  const fill = ` fill="${one.fill ? paint : 'none'}"`;
  if (one.path) return `<path d="${one.path}"${fill}${stroke}/>`;
  if (one.circle) return `<circle cx="${one.circle[0]}" cy="${one.circle[1]}" r="${one.circle[2]}"${fill}${stroke}/>`;
  const [x, y, w, h, r] = one.rect;
  return `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}"${fill}${stroke}/>`;
}

function render(source, size, target) {
  execFileSync('rsvg-convert', ['-w', size, '-h', size, '-o', target, source].map(String));
  return readFileSync(target);
}

/** A Windows icon: PNG pictures behind a directory of sixteen bytes each. */
function ico(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  pictures.forEach(([size, png], index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...pictures.map(([, png]) => png)]);
}

/** A macOS icon: PNG pictures, each behind its type and length. */
function icns(pictures) {
  const types = { 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };
  const parts = pictures.flatMap(([size, png]) => {
    const head = Buffer.alloc(8);
    head.write(types[size], 0, 'ascii');
    head.writeUInt32BE(png.length + 8, 4);
    return [head, png];
  });
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'ascii');
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  return Buffer.concat([head, ...parts]);
}

function drawAll() {
  rmSync(join(here, 'tray'), { recursive: true, force: true });
  for (const style of styles) {
    const folder = join(here, 'tray', style);
    mkdirSync(folder, { recursive: true });
    for (const icon of icons) {
      const source = join(folder, `${icon}.svg`);
      writeFileSync(source, svg(icon, style));
      for (const size of traySizes) render(source, size, join(folder, `${icon}-${size}.png`));
    }
  }
  const app = (size) => [size, render(join(here, 'keyfob.svg'), size, join(here, `${size}x${size}.png`))];
  const pictures = Object.fromEntries([16, 24, 32, 48, 64, 128, 256, 512].map((size) => [size, app(size)]));
  writeFileSync(join(here, 'icon.ico'), ico([16, 24, 32, 48, 64, 256].map((size) => pictures[size])));
  writeFileSync(join(here, 'icon.icns'), icns([128, 256, 512].map((size) => pictures[size])));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) drawAll();
