import type { Talk } from "../script.ts";

/** #general, the second half. */
export const GENERAL_LAST: readonly Talk[] = [
  {
    from: [4, "15:10"],
    lines: String.raw`
erin: First numbers from staging: “brake” in 41 ms instead of 2.8 s.
bob: That's more than I'd hoped. Same results?
erin: Not quite: 1,180 before, 1,164 now. The sixteen are words like “handbrake-lever”, in one piece.
bob: Ah, hyphens. The old search looked at parts of words.
carol: Do mechanics look for parts of words?
dave: They type three letters and a number. “SLX M7” is a typical one.
erin: Then prefixes matter more than the middle of words. I can do prefixes.
bob: Do that, and split at hyphens as well.
erin: Pull request comes this afternoon.
alice: Could we measure that nobody gets fewer hits than before? A list of the 100 most common searches would do.
dave: I can get you the list from the logs, without names.
erin: That would be great @dave
dave: It's in the shared folder: top-searches.csv. Number one is “schlauch”, by the way.
erin: I don't know what that is but I'll make it fast.
carol: It's an inner tube 😄
`,
  },
  {
    from: [3, "09:11"],
    lines: String.raw`
alice: Morning! Short one today: the workshop chain from Hamburg is coming to visit on Thursday. Eleven shops. {👀 bob carol dave erin}
bob: Eleven is more than all of Ghent.
alice: They want to see booking, stock and invoices, in that order. @carol could you show the new booking page?
carol: With pleasure. It's clickable since last night, the data is made up.
alice: Made up is fine, as long as it looks like Hamburg.
carol: I'll add rain. {😂 alice bob dave erin}
dave: I can do stock. I know where it hurts.
alice: Please show where it doesn't.
dave: That's the shorter talk.
bob: I'd do invoices, with the importer. They have fifteen years of spreadsheets, they said on the phone.
alice: Good. Thirty minutes each, then lunch. I'll order something.
erin: May I sit in?
alice: You must. Somebody has to take notes, and you ask the best questions.
erin: Deal.
carol: What do we call the two-screen booking? “New booking” won't be new for long.
bob: Booking 2?
dave: Quick booking.
erin: Just “booking”. The old one can be “classic booking” until it is gone.
carol: I like that.
alice: Decided then: *booking* and *classic booking*. {pin} {👍 bob carol dave erin}
`,
  },
  {
    from: [3, "11:32"],
    lines: String.raw`
erin: Search: all of the 100 top searches now give at least as many hits as before, the slowest takes 64 ms.
bob: Reviewed. Three small things, one of them is a typo in my own comment from 2021.
erin: Fixed all three. Thank you for the thorough review!
bob: Approved. Switch it on for the Utrecht shop first? They call when something is odd.
dave: They do. Every time. Sometimes before.
erin: Switched on for Utrecht at 11:40.
dave: No call so far.
dave: Still no call.
dave: They called.
erin: Oh no
dave: They asked whether we bought a faster computer. {🎉 alice bob carol erin}
alice: 👏👏👏
carol: Put that on the website.
bob: All shops tomorrow then, if nothing else comes up.
erin: I'm going to have a very happy lunch.
`,
  },
  {
    from: [3, "16:02"],
    lines: String.raw`
dave: Heads up: a shop in Bruges sees yesterday's appointments on today's page.
bob: Time zone?
dave: They are in the same one as we are.
bob: Their computer may not be.
dave: You are right. It believes that it lives in Alaska.
bob: Show them the clock. I'll make us use the shop's zone, and never the browser's.
carol: Could the page say which zone it shows, when the two differ? Small and grey.
bob: Good idea, the page knows both.
erin: I can take that one, it's close to what I've read today.
bob: All yours. Ticket 1187.
dave: Told Bruges. They are greeting us from Alaska. {😂 alice carol erin}
`,
  },
  {
    from: [2, "09:00"],
    lines: String.raw`
alice: Hamburg is here at ten. Is everybody ready?
carol: Ready. It rains on every screenshot.
dave: Ready. The demo stock has no negative numbers in it any more.
bob: Ready. I have practised with real spreadsheets, they were terrible, it's going to be fine.
erin: Notebook is ready.
alice: Room is on the first floor. Coffee too, and it's the good machine.
dave: There is a good machine?!
alice: For guests, Dave. {😂 bob carol erin}
`,
  },
  {
    from: [2, "13:15"],
    lines: String.raw`
alice: That went well! They would like to start with two shops in January, and the others by spring.
carol: They tried the booking page on their own phones, all of them, without asking. I could cry.
bob: Their worst spreadsheet went through. 9,400 rows, 3 it did not understand.
dave: Roman numerals?
bob: Emoji. Somebody marks paid invoices with 🍺. {🍺 alice carol dave erin}
erin: My notes: six wishes, two of them we have already, one is a bug. I'll send them around.
alice: Thank you Erin. What's the bug?
erin: Two people who open the same appointment overwrite each other. The second one wins, silently.
bob: That's true, and not good.
erin: Could we show who else has it open, like here in the chat?
bob: We could. We'd need something like channels with presence. I have looked at one for TypeScript recently.
dave: Of course you have.
bob: I'll bring a sketch next week.
alice: Yes please. And everybody: cake in the kitchen. {🎂 bob carol dave erin}
carol: Already on my second piece.
`,
  },
  {
    from: [1, "09:06"],
    lines: String.raw`
bob: Search is on for all shops since eight.
dave: Queue: 12. I have not seen a number that small in a year.
erin: p95 is 70 ms over the first hour, 11,000 searches.
alice: Wonderful. Erin, would you write two paragraphs for the news? #news is the place, I'll post it.
erin: I'll send it to you before lunch.
carol: The booking page is ready for real data. Bob, shall we?
bob: Give me an hour, then it talks to staging.
carol: 🙌
dave: Reminder: tomorrow the electricity is off in the office from 07:00 to 09:00. The servers don't care, the coffee machine does. {pin}
alice: Then standup is at ten tomorrow.
bob: 👍
erin: 👍
`,
  },
  {
    from: [1, "11:24"],
    lines: String.raw`
bob: Booking talks to staging now: ${"`"}https://staging.example.com/booking${"`"}
carol: It loads! And it's quick. Is “full” in grey the real capacity?
bob: It is. Utrecht is full until Tuesday.
carol: I found one thing: the second screen forgets the bike when I go back.
erin: I can look at that, I have the form open anyway.
carol: Thank you! No hurry.
erin: Fixed, it was one line. The state lived in the wrong component.
carol: Confirmed, it keeps the bike.
alice: At this speed we could show it to Utrecht next week.
dave: They'd call. {😄 bob carol erin}
`,
  },
  {
    from: [1, "16:40"],
    lines: String.raw`
alice: Looking back at the week: importer live, search forty times faster, a booking page with two screens, eleven shops that want us. Thank you all. {❤️ bob carol dave erin}
bob: And a new colleague who did half of it.
erin: I only added an index 😊
dave: That's what they all say.
carol: To the index! 🥂
`,
  },
  {
    from: [0, "96"],
    lines: String.raw`
dave: Electricity is back. So is the coffee. Good morning!
alice: Good morning! Standup in a few minutes.
bob: I brought the sketch for “who else has this appointment open”. It's shorter than I thought.
erin: Can I see?
bob: In five minutes, on the big screen.
carol: @alice the photos from the Hamburg visit are ready, which ones may go on the website?
alice: All but the one with the cake, please. (re 1)
carol: That was the best one.
dave: It really was.
erin: Ticket 1187 is done: the page shows the shop's zone, and says so when the browser has another one.
bob: Nice. I'll review it after the standup.
dave: Bruges will miss Alaska. {😂 alice bob carol erin}
alice: One more thing: from next week on we take turns with the weekly notes. @bob would you begin?
bob: Gladly. Bullet points or prose?
alice: Whatever you'd like to read yourself.
erin: Prose with bullet points.
carol: Bullet points with drawings!
dave: @erin the Leiden printer is unplugged again, would you like to learn how to say that politely in Dutch?
erin: I would, actually 😄
alice: @carol and @erin, could you two show the booking page to Utrecht on Tuesday at two?
`,
  },
];
