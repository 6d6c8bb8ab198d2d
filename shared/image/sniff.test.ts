import test from 'ava';
import { describeContent, sniff } from './sniff.ts';

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** An ISO file type box: size, 'ftyp', brands (major, version, compatible …). */
function ftyp(major: string, ...compatible: string[]): Uint8Array {
  const body = Buffer.from(`ftyp${major}\0\0\0\0${compatible.join('')}`, 'latin1');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return Buffer.concat([size, body]);
}

const ours: [string, Uint8Array, ReturnType<typeof sniff>][] = [
  ['a JPEG', latin('\xff\xd8\xff\xe0'), 'JPEG'],
  ['a PNG', latin('\x89PNG\r\n\x1a\n'), 'PNG'],
  ['a WebP', latin('RIFF\x10\0\0\0WEBPVP8 '), 'WEBP'],
  ['a GIF of 1987', latin('GIF87a'), 'GIF'],
  ['a GIF of 1989', latin('GIF89a'), 'GIF'],
  ['a BMP', latin(`BM${'\0'.repeat(24)}`), 'BMP'],
  ['an AVIF', ftyp('avif', 'mif1', 'miaf'), 'AVIF'],
  ['an animated AVIF', ftyp('avis', 'msf1'), 'AVIF'],
  ['an AVIF whose major brand is mif1', ftyp('mif1', 'miaf', 'avif'), 'AVIF'],
  ['a HEIC', ftyp('heic', 'mif1'), 'HEIC'],
  ['a HEIC whose major brand is mif1', ftyp('mif1', 'heic'), 'HEIC'],
  ['an iPhone burst', ftyp('msf1', 'hevc'), 'HEIC'],
];
for (const [name, head, format] of ours) {
  test(`${name} is known by its content`, (t) => {
    t.is(sniff(head), format);
    t.is(describeContent(head), format!);
  });
}

const others: [string, Uint8Array, string][] = [
  ['nothing', latin(''), 'empty file'],
  ['a PDF', latin('%PDF-1.7'), 'PDF'],
  ['a little-endian TIFF', latin('II*\0'), 'TIFF'],
  ['a big-endian TIFF', latin('MM\0*'), 'TIFF'],
  ['an SVG', latin('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'SVG, XML or HTML'],
  ['an SVG with an XML header', latin('\n<?xml version="1.0"?>'), 'SVG, XML or HTML'],
  ['a web page', latin('<!DOCTYPE html>'), 'SVG, XML or HTML'],
  ['a ZIP', latin('PK\x03\x04'), 'ZIP'],
  ['plain text', latin('hello'), 'unknown'],
  ['two letters that a BMP begins with', latin('BM'), 'unknown'],
  ['a RIFF that is sound', latin('RIFF\x10\0\0\0WAVEfmt '), 'unknown'],
  ['an MP4 film', ftyp('isom', 'iso2', 'mp41'), 'unknown'],
  ['a cut-off JPEG marker', latin('\xff\xd8'), 'unknown'],
  ['a PNG whose line ends were converted', latin('\x89PNG\n\x1a\n\0'), 'unknown'],
];
for (const [name, head, description] of others) {
  test(`${name} is none of ours and is described as ${description}`, (t) => {
    t.is(sniff(head), undefined);
    t.is(describeContent(head), description);
  });
}

test('brands after the end of the file type box do not count', (t) => {
  t.is(sniff(Buffer.concat([ftyp('isom', 'mp41'), latin('avifheic')])), undefined);
});
