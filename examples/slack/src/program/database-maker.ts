/** A program of its own: makes a PGlite database in the folder that it is given, with all tables. See `new-database.ts`. */
import { openDatabase } from "../database.ts";

const database = await openDatabase({ folder: process.argv[2] });
await database.close();
