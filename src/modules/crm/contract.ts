/** How WhatsApp names a person, and where in the CRM their row lives. No I/O. */

/** What one business portfolio knows of a person. Each identifier may be missing; the name is what the person shows. */
export type ContactIdentity = {
  phone?: string;
  userId?: string;
  parentUserId?: string;
  username?: string;
  name?: string;
};

/** Whose customers are meant: an agent's, or with agentId null and home 0 the waiting room's. */
export type CustomerScope = { organizationId: string; agentId: number | null; home: number };
