/** Fills the database that every test file's own is copied from. */

/**
 * Migrates the template.
 * @param _adminUrl the template database, as a role that may create roles and schemas
 */
export async function prepareTemplate(_adminUrl: string): Promise<void> {}
