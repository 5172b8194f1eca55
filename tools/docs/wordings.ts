/** Wordings that are hard to read, or literal translations, and what to write instead. */
export const WORDINGS: readonly (readonly [wording: RegExp, better: string])[] = [
  [/\b(?:at|to) hand\b/, "available"],
  [/\bcomes? by\b/, "arrives"],
  [/\bas ever\b/, "as before"],
  [/\bfor ever\b/, "forever; or: without a limit"],
  [/\bfrom (?:here|then|now) on\b/, "after that"],
  [/\bwhoever\b/i, "if you …; or: a client that …"],
  [
    /[.:;] who (?:has|wants|needs|comes|asks|adds|misses|goes)\b(?![^.?]*\?)/i,
    "if you have …; or: a client that has …",
  ],
  [/\b(?:engine|store|database|server|node|Redis|NATS|PostgreSQL) (?:is|was) away\b/, "is down; is unreachable"],
  [/\bnobody knows (?:whether|if|how)\b/i, "it is unknown whether"],
  [/\b(?:is|are) told of\b/, "is notified of"],
  [/\b(?:is|was) for nobody\b/, "is ignored"],
  [/\bwhat takes long\b/i, "long work"],
  [/\bunder way\b/, "in progress; running"],
  [/\bin vain\b/, "without success"],
  [/\bone's own\b/, "your own; or: custom"],
  [
    /\b(?:so to speak|as it were|all the while|in the first place|needless to say|of course|simply|obviously)\b/i,
    "leave it out",
  ],
  [/\b(?:utili[sz]e|leverage)\b/i, "use"],
];
