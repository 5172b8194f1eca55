import type { Talk } from "../script.ts";

export const RANDOM: readonly Talk[] = [
  {
    from: [6, "10:20"],
    lines: String.raw`
dave: The coffee machine says “descale me”. It has feelings now.
bob: It has said that since March.
carol: I descaled it in May!
dave: Then it's lying.
erin: Is there tea?
alice: Second drawer. The green one is Carol's.
carol: You may have some, Erin. Nobody else.
`,
  },
  {
    from: [4, "12:33"],
    lines: String.raw`
bob: Lunch: noodles or the place with the soup?
carol: Soup.
dave: Soup.
erin: What is the place with the soup called?
bob: Nobody knows. There is a soup on the door.
alice: Soup! Leaving in five. {🍜 bob carol dave erin}
`,
  },
  {
    from: [3, "17:05"],
    lines: String.raw`
carol: Whoever put googly eyes on the plant: thank you. It looks at me, but kindly. {👀 dave erin}
dave: I have no idea what you are talking about.
erin: He bought a pack of two hundred.
dave: Betrayed.
`,
  },
  {
    from: [1, "17:20"],
    lines: String.raw`
bob: Anybody up for a ride on Saturday? Forty kilometres, flat, one café.
erin: Is it really flat?
bob: It's the Netherlands.
erin: Then yes!
carol: I'm in if there's cake.
bob: It's the reason for the café.
dave: I'd slow you down. I'll wait for you at the cake.
alice: I'll join Dave. {🚲 bob erin carol}
`,
  },
  {
    from: [0, "52"],
    lines: String.raw`
erin: The plant has a hat now.
dave: It was cold.
carol: It suits it. {🎩 bob dave erin}
bob: Weather for Saturday: sun, and no wind at all. Suspicious.
`,
  },
];

export const DESIGN: readonly Talk[] = [
  {
    from: [5, "14:15"],
    lines: String.raw`
carol: Booking, first version: one screen for *what and when*, one for *who*. Comments by Wednesday please! {pin}
alice: I like that the price is visible from the beginning.
bob: What does the button do while it is sending?
carol: It says “Booking …” and stays where it is. Nothing jumps.
erin: Could the second screen be skipped for people who are logged in?
carol: It could! Then it's one screen. I'll try.
bob: Small thing: on my phone the calendar is below the fold.
carol: Which phone?
bob: An old one. 5.4 inches.
carol: Then the calendar moves up, and the bike becomes one line.
`,
  },
  {
    from: [4, "10:40"],
    lines: String.raw`
carol: Second version. One type scale now: 13, 15, 18, 24. Everything else is gone.
erin: It feels much calmer.
alice: And the grey for “full”?
carol: 4.6 to 1 on white. Readable, and clearly not a button.
bob: Thank you for the numbers.
carol: I'd never ship a grey without numbers. {🎨 alice bob erin}
`,
  },
  {
    from: [2, "15:30"],
    lines: String.raw`
carol: From the visit: three of four people looked for “cancel” on the confirmation page.
alice: Is there one?
carol: There is in the mail, not on the page. I'll add it.
erin: Undo for a minute instead? Like mail programs do it.
carol: Oh, that's better.
bob: Easy on the server: the slot is only held for a minute.
carol: @bob then let's do that. Drawing it now.
`,
  },
];

export const SECRET: readonly Talk[] = [
  {
    from: [3, "18:02"],
    lines: String.raw`
alice: Nobody else can see this one. It's Dave's ten years with us on Friday.
bob: TEN?
alice: He answered the first support mail before we had a product.
bob: What are we giving him?
alice: I thought: the espresso machine from the shop window. The one he photographs every morning.
bob: He's going to cry.
alice: That is the plan. {☕ bob}
bob: I'll pick it up on Thursday, my car is big enough.
alice: Thank you! Carol knows, Erin doesn't yet. I'll invite them here when the card is drawn.
`,
  },
  {
    from: [1, "12:10"],
    lines: String.raw`
bob: It's in my boot. It weighs as much as Dave.
alice: Perfect. After the standup, in the kitchen.
`,
  },
];

export const NEWS: readonly Talk[] = [
  {
    from: [6, "08:30"],
    lines: String.raw`
alice: This channel has our news, and only news. Everybody reads it, a few write in it. Talk about it in #general. {pin} {👍 bob carol dave erin}
`,
  },
  {
    from: [5, "20:30"],
    lines: String.raw`
alice: *The invoice importer is live.* Shops can bring in the invoices of earlier years by themselves: Settings, Invoices, Import. Made by Bob, watched over by Erin. {🎉 bob carol dave erin}
`,
  },
  {
    from: [1, "13:00"],
    lines: String.raw`
alice: *The parts search is forty times faster.* It finds parts of numbers now, too: try “SLX M7”. Made by Erin in her first week. {🚀 bob carol dave erin} {👏 bob carol}
alice: *Eleven workshops in Hamburg* would like to work with us, two of them from January on. Thanks to everybody who prepared the visit. {❤️ bob carol dave erin}
`,
  },
];

export const OLD: readonly Talk[] = [
  {
    from: [90, "10:00"],
    lines: String.raw`
alice: This was the channel of the 2.3 release.
bob: Everything that is still open has moved to the tickets.
dave: Goodbye 2.3, you were mostly fine.
alice: Archiving this. Thanks all!
`,
  },
];

export const ALICE_BOB: readonly Talk[] = [
  {
    from: [4, "17:45"],
    lines: String.raw`
alice: Do you think search is too much for a third day?
bob: No. She found the cause before I told her. I'm reviewing anyway.
alice: Good. I trust you.
bob: She'll do great.
`,
  },
  {
    from: [0, "40"],
    lines: String.raw`
bob: The machine is hidden under your desk. Don't move your feet.
alice: I wondered what that was 😄
bob: Also: would you read my sketch before I show it to everybody?
bob: It's two pages, one of them is a drawing.
`,
  },
];

export const ALICE_CAROL: readonly Talk[] = [
  {
    from: [2, "16:50"],
    lines: String.raw`
carol: May I use the photo with the whole team for the jobs page?
alice: Of course. Ask Erin though, she is new to being on websites.
carol: Asked, she likes it.
`,
  },
  {
    from: [0, "33"],
    lines: String.raw`
alice: Did you get the card for Dave?
carol: Drawn, signed by everyone but you. It's a very small espresso machine with a very big Dave.
alice: I can't wait to see his face.
`,
  },
];
