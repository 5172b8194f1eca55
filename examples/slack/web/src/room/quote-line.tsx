import { CornerDownRight } from "lucide-react";
import type { Quote } from "@wingbeat/example-slack/contract";
import { plainText } from "../text/parse.ts";
import "./quote-line.css";
import { useRow } from "./room-context.ts";

/** What a message answers. Leads there. */
export function QuoteLine({ quote }: { readonly quote: Quote }) {
  const { jump } = useRow();
  return (
    <button type="button" className="quote-line" onClick={() => jump(quote.seq)}>
      <CornerDownRight size={14} aria-hidden="true" />
      <span className="quote-line-name">{quote.username}</span>
      <span className="truncate">{plainText(quote.excerpt) || "a message without words"}</span>
    </button>
  );
}
