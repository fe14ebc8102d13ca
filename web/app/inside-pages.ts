/** The pages behind sign-in, in one part of the build. */
export { CallbackPage } from '../features/connect/callback-page.tsx';
export { ConnectPage } from '../features/connect/connect-page.tsx';
export { ConnectionPage } from '../features/connect/connection-page.tsx';
export { SignupPage } from '../features/connect/signup-page.tsx';
export { HealthPage } from '../features/health/health-page.tsx';
export { InboxPage } from '../features/inbox/inbox-page.tsx';
export { NoConversationOpen } from '../features/inbox/no-conversation-open.tsx';
export { ThreadPage } from '../features/inbox/thread-page.tsx';
export { NumbersPage } from '../features/numbers/numbers-page.tsx';
export { ProfilePage } from '../features/profile/profile-page.tsx';
export { SecurityPage } from '../features/security/security-page.tsx';
export { SettingsIndex } from '../features/settings/settings-index.tsx';
export { SettingsLayout } from '../features/settings/settings-layout.tsx';
export { Shell } from '../features/shell/shell.tsx';
export { ApiKeysPage } from '../features/api-keys/api-keys-page.tsx';
export { OrganizationPage } from '../features/organization/organization-page.tsx';
export { PeoplePage } from '../features/people/people-page.tsx';
