import type { Talk } from "../script.ts";

/** #general, the first half of a week at a company that makes software for bicycle workshops. */
export const GENERAL_FIRST: readonly Talk[] = [
  {
    from: [6, "09:04"],
    lines: String.raw`
alice: Good morning everyone! New week, new chat. Welcome to Roost 🐦 {👋 bob carol dave erin}
bob: Morning. So this replaces the mailing list?
alice: It does. Team talk goes here, small talk goes to #random, anything with pixels to #design.
carol: Finally a place for pixels.
dave: Where do I put complaints about the coffee machine?
alice: #random, Dave. Always #random. {😂 bob carol erin}
erin: Hi all! First day with my own laptop. Everything works except the things that don't.
bob: Welcome @erin! Ping me when the VPN gives up. It will.
erin: It already has 😅
bob: Certificates are in the wiki under *Getting started*, third heading. If it says “unknown authority”, restart it twice.
erin: Restarting it twice worked. I have questions, but it worked.
dave: Nobody knows why. We stopped asking in 2023.
alice: Two house rules so that this stays pleasant:\n1. Decisions are written down here, not in private messages.\n2. Nobody has to answer outside of working hours. {pin} {👍 bob carol dave erin}
carol: Love the second one.
dave: Love both. Can we add “no voice messages”?
alice: Consider it rule three.
bob: Plan for the week from my side: finish the invoice importer, then the slow search in the parts catalogue.
carol: Mine: the new booking page. I'd like comments by Wednesday please.
dave: Support queue is at 31. The usual: forgotten passwords, and the printer in the Leiden shop.
erin: I'm reading code and breaking things on staging, if that's alright.
alice: That is exactly the plan.
bob: @erin staging resets at midnight, so break whatever you like.
erin: Noted. Breaking begins.
carol: Who moved the standup to 09:30?
alice: I did, so that Dave can drop off his kids. Same room.
dave: Thank you 🙏
carol: Fine with me.
bob: Fine with me too.
`,
  },
  {
    from: [6, "13:38"],
    lines: String.raw`
erin: Question: why does a booking have both a slot and an appointment?
bob: History. A slot is the half hour on the calendar, an appointment is what somebody does in it.
bob: Before 2.0 they were the same thing. Then a workshop in Ghent wanted two mechanics on one bike.
erin: And now one appointment can have many slots?
bob: Exactly. The reverse never happens.
dave: It happened once.
bob: It happened once and we do not speak of it.
erin: I'm going to write that down in the glossary.
alice: Please do, the glossary has been empty since spring.
erin: Started: three words so far. Slot, appointment, and “the Ghent case”. {😄 alice bob carol dave}
carol: Could you add the difference between *customer* and *owner*? I always get it wrong on the forms.
bob: Owner has the bike, customer pays. Mostly the same person, except for company bikes.
carol: Then the booking form asks for the wrong one. Good to know before I draw it again.
alice: That explains the odd invoices from the courier companies, too.
dave: Nine tickets, same cause. I'll tag them.
`,
  },
  {
    from: [5, "09:02"],
    lines: String.raw`
alice: Good morning! Standup in half an hour. If you can't make it, two lines here are enough.
dave: Can't make it, kid is ill. Queue is at 24, nothing is burning. Printer in Leiden was not plugged in.
carol: Get well soon to the small one!
dave: Thanks. He is fine enough to explain dinosaurs to me since six in the morning.
bob: Importer runs on last year's invoices: 48,213 rows, 12 it doesn't understand.
alice: Which twelve?
bob: All from one shop that writes its totals in Roman numerals. I'm not joking.
erin: MCMXCIX euros?
bob: Close. It's XLIX for a new chain.
carol: I would like to meet these people.
alice: Let's skip the twelve, and send them a friendly mail. @dave could you, when you are back?
dave: With pleasure. I'll write it in Latin. {😂 alice bob carol erin}
bob: Then it goes live tonight at eight, when all shops are closed.
alice: Who watches it?
bob: Me, until ten. Roll back is one command, and I tried it twice.
alice: 👍
erin: Can I watch too? I'd like to see a release.
bob: Sure. Bring tea.
`,
  },
  {
    from: [5, "14:21"],
    lines: String.raw`
carol: First version of the booking page is in #design. Two screens instead of five.
alice: That's fewer screens than I dared to ask for.
bob: Where did the bicycle picker go?
carol: Most people have one bike. So it's chosen already, with a small link “another bike”.
erin: What about people with fourteen bikes?
carol: They get a search field. Only they do.
dave: Mrs. Jansen has nineteen. She will test it for us, I'm sure.
carol: Mrs. Jansen is my favourite persona and she's real.
alice: Could the time picker show when the shop is full, rather than hide it? People keep calling to ask.
carol: Good point, I'll try grey with “full”.
bob: The API gives you that already: capacity minus appointments, per half hour.
carol: Then it's easy. Thanks!
`,
  },
  {
    from: [5, "19:48"],
    lines: String.raw`
bob: Starting in ten minutes. Nobody books at this hour, but just in case: the site is read-only from 20:00 to 20:10.
erin: Tea is ready.
bob: 20:00. Here we go.
bob: Schema is migrated.
erin: Is the pause normal?
bob: It's copying. 10,000 … 20,000 …
bob: 48,201 rows. And twelve Romans left out.
bob: Read-only is off, the first shop has opened an invoice. Looks right.
erin: That was almost boring.
bob: The best kind. {🎉 alice carol erin dave}
alice: Well done, both of you. Go home!
`,
  },
  {
    from: [4, "08:57"],
    lines: String.raw`
dave: Back again. Read everything from last night, congratulations on the boring release.
bob: Thank you, we worked hard on the boredom.
dave: Two tickets about it so far: one “where is the export button”, one “thank you for the export button”.
carol: The button moved by forty pixels.
dave: It's always the forty pixels.
alice: Anything about amounts?
dave: Nothing. I compared three shops by hand, to the cent.
alice: Perfect. Then the importer is done. Bob, the search is next?
bob: Search is next. It takes 2.8 seconds for “brake”, which is what everyone looks for.
erin: I looked at that yesterday! There is no index on the words, it reads every part's description.
bob: Every one of the 310,000 parts. Yes.
erin: Would a full-text index do? PostgreSQL has one built in.
bob: It would. Would you like to do it? I'd review.
erin: Yes please!
alice: And that is how one gets the first real task. {🚀 bob carol dave}
dave: Third day, touching production search. We were slower.
erin: No pressure then.
bob: No pressure. It's only the thing every mechanic uses a hundred times a day.
erin: 😳
bob: Kidding. Put it behind the flag ${"`"}search_v2${"`"}, then we switch it on for one shop at a time.
`,
  },
];
