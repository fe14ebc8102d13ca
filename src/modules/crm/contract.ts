/** How WhatsApp names a person, who that is here, and where in the CRM their row lives. No I/O. */

/** What one business portfolio knows of a person. Each identifier may be missing; the name is what the person shows. */
export type ContactIdentity = {
  phone?: string;
  userId?: string;
  parentUserId?: string;
  username?: string;
  name?: string;
};

/** What was told of a person at one moment, besides who it is. */
export type ToldOfContact = {
  portfolioId: string;
  identity: ContactIdentity;
  /** Identifiers that the same person had before. */
  before?: ContactIdentity;
  /** How the business itself saved them; null: not any more. */
  bookName?: string | null;
  /** Whether they want to be written to. */
  consent?: 'in' | 'out';
  /** By WhatsApp's clock; the newest told counts, whatever arrives last. */
  at: Date;
};

/** A conversation that took in another, because two customers turned out to be one person. */
export type UnitedConversation = { agentId: number; conversationId: string; mergedId: string | null };

/** One person as one portfolio knows them. */
export type Contact = {
  id: number;
  /** Every phone they were seen with. */
  phones: string[];
  /** Whose customer they are and as which; agentId null is the waiting room. At most one for each. */
  customers: { agentId: number | null; customerId: number }[];
  united: UnitedConversation[];
  /** They asked the business not to write to them. */
  isOptedOut: boolean;
  /** More identifiers mean them than before this was told: what could not be decided about them may be decided now. */
  isBetterKnown: boolean;
};

/** Whose customer is meant; null: the waiting room's. */
export type CustomerScope = { agentId: number | null };
