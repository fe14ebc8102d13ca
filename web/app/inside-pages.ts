/** The pages behind sign-in, in one part of the build. */
export { ConnectPage } from '../features/connect/connect-page.tsx';
export { InboxPage } from '../features/inbox/inbox-page.tsx';
export { NoConversationOpen } from '../features/inbox/no-conversation-open.tsx';
export { ThreadPage } from '../features/inbox/thread-page.tsx';
export { ProfilePage } from '../features/profile/profile-page.tsx';
export { SecurityPage } from '../features/security/security-page.tsx';
export { SettingsIndex } from '../features/settings/settings-index.tsx';
export { SettingsLayout } from '../features/settings/settings-layout.tsx';
export { Shell } from '../features/shell/shell.tsx';
