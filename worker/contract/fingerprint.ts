/**
 * A hash as four words that a person can compare at a glance: on the card before signing, on the receipt, in the log. They show the hash's first
 * 32 bits: enough to tell one operation from another on two screens, never a replacement for the hash.
 */
import { fromBase64Url } from "./operation.ts";

/** 256 short English words, one a byte. The order is part of what was shown before: it never changes. */
const words = `
    acid acorn actor agent alarm album alley amber anchor angle ankle apple apron arena armor arrow atlas attic autumn
    bacon badge baker balcony bamboo banjo barrel basil basket beacon beard beaver bench berry bishop blanket bonus
    border bottle branch bread brick bridge bronze bucket buffalo bundle butter cabin cable cactus camel camera canal
    candle canoe canyon carbon cargo carpet castle cedar cello chalk cherry chess circus citrus cliff clover cobalt
    coffee comet copper coral cotton cradle crater crystal cymbal dagger daisy debate delta denim desert diesel dinner
    dolphin domino donkey dragon drum eagle easel echo elbow ember engine envoy falcon feather fender fennel ferry
    fiddle filter finger flame fleece flute forest fossil fountain fox galaxy garden garlic gazelle ginger glacier
    glove goblet granite grape guitar hammer harbor harvest hazel helmet heron hockey honey hornet hotel igloo indigo
    insect iris island ivory jacket jaguar jasmine jigsaw jungle kayak kernel kettle kitten koala ladder lagoon lantern
    laptop lemon lentil lily lizard llama lobster locket magnet mango maple marble meadow melon mentor meteor mirror
    monkey mosaic motor muffin mustard napkin nectar needle nickel noodle nugget nutmeg oasis ocean olive onion opera
    orchid osprey otter oyster paddle palace panda paper parrot pepper piano pigeon pillow pirate planet plum pocket
    polar poplar prism puzzle quartz quiver rabbit radar raven ribbon rocket rubber saddle saffron salmon sandal satin
    saturn scarf shadow silver sketch socket spider spiral stable summit sunset tablet tandem teapot temple thunder
    tiger timber toffee tomato trumpet tulip tunnel turtle umbrella valley velvet violin walnut walrus willow window
    winter wizard
  `
  .trim()
  .split(/\s+/);

/** @param hash SHA-256, base64url without padding. @throws SyntaxError or RangeError for text that is no such hash. */
export function fingerprintWords(hash: string): string[] {
  const bytes = fromBase64Url(hash);
  if (bytes.length !== 32) throw new RangeError("A fingerprint is made of a SHA-256 hash: 32 bytes.");
  return [...bytes.subarray(0, 4)].map((byte) => words[byte]!);
}

/** For the test that the list is whole. */
export const fingerprintList: readonly string[] = words;
