/** What this folder offers. It stands alone: nothing in it knows the program around it. */
export { CHECKED_API_VERSION, createGraphClient } from './client.ts';
export type { GraphClient, GraphClientOptions, GraphToken } from './client.ts';
export { GraphError } from './graph-error.ts';
export { ERROR_MEANINGS, meaningOfError } from './error-codes.ts';
export type { ErrorMeaning, GraphErrorKind } from './error-codes.ts';
export type { AccountsApi, PhoneNumber, SubscribedApp, Waba } from './accounts-api.ts';
export type { AcceptedMessage, MessagesApi, SendMessageBody } from './messages-api.ts';
export type { DownloadedMedia, MediaApi, MediaDownload, MediaInfo, UploadedMedia } from './media-api.ts';
export type { AppCredentials, ExchangedToken, OAuthApi, TokenInfo } from './oauth-api.ts';
export type { NewTemplate, Template, TemplatesApi } from './templates-api.ts';
export { sign, verifySignature } from './signature.ts';
export type { SigningSecret } from './signature.ts';
export type { Json, JsonObject } from './json.ts';
export { splitDelivery } from './webhook/split-delivery.ts';
export type { SplitDelivery, WebhookItem, WebhookItemKind } from './webhook/split-delivery.ts';
export { readEcho, readMessage } from './webhook/message-content.ts';
export type {
  EchoedMessage,
  Identity,
  InboundMessage,
  MessageContext,
  MessageMedia,
} from './webhook/message-content.ts';
export { readStatus } from './webhook/message-status.ts';
export type { MessageStatus } from './webhook/message-status.ts';
export type { WebhookError } from './webhook/webhook-error.ts';
export { cleanJson, cleanText } from './webhook/clean-text.ts';
export { MESSAGE_TYPES } from './webhook/delivery-types.ts';
export type {
  DeliveryStatus,
  MessageType,
  OpenWord,
  WebhookChange,
  WebhookContact,
  WebhookContext,
  WebhookDelivery,
  WebhookEntry,
  WebhookErrorEntry,
  WebhookField,
  WebhookMessage,
  WebhookStatus,
} from './webhook/delivery-types.ts';
