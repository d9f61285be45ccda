// The server has taken the report, so the draft on this device has done its work.
import { discardDraft } from "./draft.js";

discardDraft();
