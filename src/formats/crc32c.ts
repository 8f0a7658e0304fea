/**
 * CRC-32C (Castagnoli): the remainder modulo x³² + … with the reflected polynomial 82F63B78, as iSCSI, ext4 and
 * TFRecord files use it. Byte by byte over a table of 256. Reference: RFC 3720, appendix B.4.
 */

const POLYNOMIAL = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  return remainder;
});

/** @returns an integer in [0, 2³²) */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
