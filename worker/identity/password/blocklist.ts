/**
 * Passwords that are guessed first. At 15 characters few lists of breached passwords have anything to say; what people do to reach the length does:
 * a common word with others like it, one thing repeated, a walk over the keyboard, a proverb, the names around them.
 */

/** What common passwords are made of, in the languages of our people. */
const words = `
password passwort passwords motdepasse mdp secret secrets secure securite security access acces admin administrator administrateur root super superuser
user utilisateur login logon signin connexion connect compte account welcome bienvenue bonjour salut hello coucou letmein changeme change chang moi
changer default defaut temporary temporaire temp test tests testing tester demo example exemple sample guest invite invited master monkey dragon shadow
sunshine princess princesse football baseball basketball soccer hockey superman batman spiderman starwars pokemon minecraft fortnite michael jennifer
jordan charlie thomas nicolas marie julien camille chocolat chocolate cookie cheese banana orange pomme soleil loulou doudou chouchou amour jetaime
iloveyou love lovely bebe baby mamour cherie cheri coeur ange angel flower fleur butterfly papillon whatever trustno trustnoone nothing rien quelque
qwerty qwertz azerty azertyuiop qwertyuiop asdfgh asdfghjkl qsdfgh qsdfghjklm zxcvbn zxcvbnm wxcvbn company entreprise societe corporate office bureau
server serveur cloud computer ordinateur internet website system systeme network reseau database oracle cisco linux windows microsoft google apple
amazon facebook france paris marseille lyon toulouse london berlin europe monday mardi lundi mercredi jeudi vendredi samedi dimanche tuesday wednesday
thursday friday saturday sunday january february march april may june july august september october november december janvier fevrier mars avril mai
juin juillet aout septembre octobre novembre decembre spring summer autumn winter printemps ete automne hiver my mon ma mes the this is est le la les
un une a an your votre notre our new nouveau nouvelle old ancien strong fort good bon very tres not pas for pour of de du des and et to work travail
personal personnel private prive number numero one two three four five six seven eight nine ten zero deux trois quatre cinq sept huit neuf dix
health sante medical hospital hopital doctor docteur patient care secur pass word mot passe
`
  .trim()
  .split(/\s+/);

/** What stands between words: spaces, punctuation and signs, but no pictures. */
const between = /[\s\p{P}\p{Sc}\p{Sk}\p{Sm}]/gu;

/** Look-alikes that stand for letters. */
const substitutes: Record<string, string> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
  "€": "e",
  "|": "l",
  "£": "l",
};

/** Well-known phrases and published examples, folded as `fold` does. */
const phrases = new Set(
  `correct horse battery staple|correcthorsebatterystapler|correct battery horse staple|to be or not to be|to be or not to be that is the question|
  i love you forever|i love you so much|i love you baby|i love my family|i love my husband|i love my daughter|i love my children|ilovemychildren|
  the quick brown fox|the quick brown fox jumps over the lazy dog|portez ce vieux whisky|portez ce vieux whisky au juge blond qui fume|
  may the force be with you|que la force soit avec toi|luke i am your father|je suis ton pere|hasta la vista baby|winter is coming|
  the winter is coming|you shall not pass|one ring to rule them all|un anneau pour les gouverner tous|my precious|live long and prosper|
  never gonna give you up|never gonna let you down|all you need is love|let it be|dont worry be happy|dont stop believin|dont stop believing|
  we will rock you|we are the champions|another brick in the wall|stairway to heaven|highway to hell|sweet child of mine|smells like teen spirit|
  hello darkness my old friend|somewhere over the rainbow|twinkle twinkle little star|happy birthday to you|joyeux anniversaire|
  je taime pour toujours|je taime mon amour|mon amour pour toujours|non je ne regrette rien|la vie en rose|la vie est belle|cest la vie|
  liberte egalite fraternite|allons enfants de la patrie|le jour de gloire est arrive|frere jacques dormez vous|au clair de la lune|
  il etait une fois|once upon a time|happily ever after|in the beginning|in god we trust|jesus loves me|jesus is my savior|jesus is lord|
  god is good all the time|our father who art in heaven|notre pere qui es aux cieux|amazing grace|praise the lord|the lord is my shepherd|
  i think therefore i am|je pense donc je suis|cogito ergo sum|veni vidi vici|carpe diem|memento mori|alea iacta est|errare humanum est|
  early bird catches the worm|an apple a day keeps the doctor away|practice makes perfect|better late than never|mieux vaut tard que jamais|
  qui vivra verra|petit a petit loiseau fait son nid|tout vient a point a qui sait attendre|rome ne sest pas faite en un jour|
  this is my password|this is a password|this is not a password|thisismypassword|i forgot my password|jai oublie mon mot de passe|
  ceci est un mot de passe|ceci est mon mot de passe|ceci nest pas un mot de passe|enter your password|enter password here|your password here|
  password is required|open sesame|sesame ouvre toi|abracadabra|knock knock whos there|what is your name|comment tu tappelles|
  four score and seven years ago|i have a dream|ich bin ein berliner|yes we can|make america great again|keep calm and carry on|
  houston we have a problem|one small step for man|elementary my dear watson|frankly my dear i dont give a damn|ill be back|
  heres looking at you kid|theres no place like home|life is like a box of chocolates|to infinity and beyond|vers linfini et audela|hakuna matata|
  supercalifragilisticexpialidocious|anticonstitutionnellement|pneumonoultramicroscopicsilicovolcanoconiosis|rindfleischetikettierung|
  lorem ipsum dolor sit amet|hello world|foo bar baz|the cake is a lie|all your base are belong to us|up up down down left right left right|
  administrator password|domain administrator|root password|temporary password|initial password|default password|please change me|change me please|
  change this password|changez ce mot de passe|a changer rapidement|mot de passe temporaire|mot de passe provisoire|nouveau mot de passe`
    .split("|")
    .map((phrase) => fold(phrase)),
);

/** Rows of keys and alphabets along which fingers walk, both ways. */
const walks = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "azertyuiop",
  "qsdfghjklm",
  "wxcvbn",
  "qwertzuiop",
  "yxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
  "1aqw2zsx3edc4rfv5tgb6yhn7uj8ik9ol0pm",
  "qawsedrftgyhujikolp",
  "aqzsedrftgyhujikolpm",
  "147258369",
  "159357",
  "qazwsxedcrfvtgbyhnujmikolp",
].flatMap((walk) => [walk, [...walk].reverse().join("")]);

/** Characters of its own that a password must still have once everything that is guessed is taken away. */
const LEAST_REST = 5;
const LEAST_DISTINCT = 6;

/** @param context names of people, organizations and products, and e-mail addresses, that a guesser knows */
export function isGuessable(password: string, context: readonly string[]): boolean {
  const plain = password.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  if (new Set(plain).size < LEAST_DISTINCT || isRepetition(plain)) return true;
  const folded = fold(password);
  if (phrases.has(folded) || phrases.has(folded.replace(/[a-z]?\d*$/, ""))) return true;
  const compact = plain.replace(between, "");
  if (withoutWalks(compact).length < LEAST_REST) return true;
  const known = [...new Set([...context.flatMap(partsOf), ...words])].sort((a, b) => b.length - a.length);
  // Read both as typed and with the digits taken for letters: 'p4ssw0rd' is 'password', and '2026' is no word.
  return [compact, folded].some((text) => rest(text, known) < LEAST_REST);
}

/** Lower case, no accents, no punctuation, and look-alikes taken for the letters that they stand for. */
function fold(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  return [...plain]
    .map((character) => substitutes[character] ?? character)
    .join("")
    .replace(between, "");
}

/** One unit over and over, the last one perhaps cut off: 'abcdefabcdefabc'. */
function isRepetition(text: string): boolean {
  for (let unit = 1; unit <= text.length / 2; unit++) {
    if (text.startsWith(text.slice(unit))) return true;
  }
  return false;
}

/** What remains when every walk of four keys or more is taken out. */
function withoutWalks(text: string): string {
  let remaining = "";
  for (let at = 0; at < text.length;) {
    const walked = longestWalk(text, at);
    if (walked < 4) remaining += text[at];
    at += walked < 4 ? 1 : walked;
  }
  return remaining;
}

function longestWalk(text: string, at: number): number {
  let longest = 0;
  for (const walk of walks) {
    const from = walk.indexOf(text.slice(at, at + 4));
    if (from < 0 || at + 4 > text.length) continue;
    let length = 4;
    while (at + length < text.length && from + length < walk.length && text[at + length] === walk[from + length]) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}

/** How much is left of a text without known words, walks, repeated characters, and the digits that people put beside words. */
function rest(text: string, known: readonly string[]): number {
  if (/^\d+$/.test(text)) return withoutWalks(text).length;
  let remaining = text;
  for (const word of known) remaining = remaining.replaceAll(word, word.length > 2 ? " " : word);
  const pieces = remaining.split(/[\s\d]+/).filter((piece) => !known.includes(piece));
  return withoutWalks(pieces.join("")).replace(/(.)\1+/g, "$1").length;
}

/** The words of a name or an address, folded: 'Odile Renaud', 'odile.renaud@asclepia.example'. */
function partsOf(text: string): string[] {
  const parts = text.split(/[^\p{L}\p{N}]+/u).flatMap((part) => [fold(part), part.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "")]);
  return [...parts, fold(text)].filter((part) => part.length >= 3);
}
