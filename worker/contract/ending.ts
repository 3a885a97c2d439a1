/** What ends by itself, and when it is time to say so. */

/** How long before its end something is told to end soon, in ms. */
export const SOON = 14 * 24 * 3_600_000;

/** Of what lasts a short time: when a quarter of it is left. */
export const SHARE_LEFT = 4;
