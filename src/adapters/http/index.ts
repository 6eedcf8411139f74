/** Chosen events of one service, for others to follow over HTTP. */
export { type AllowedOrigins, type Authorize, anyone, bearerToken } from './Access.js'
export type { CloudEvent } from './CloudEvent.js'
export { type Contract, contract, type PublicEvent } from './Contract.js'
export { type HttpFeedOptions, httpFeed } from './HttpFeed.js'
export type {
  PublicationOptions,
  PublicationRule,
  PublicationRules,
  Unpublishable,
} from './Publication.js'
export {
  type FeedFailure,
  type PublishedFeedLimits,
  type PublishedFeedOptions,
  publishedFeed,
} from './PublishedFeed.js'
export type { TypeHere } from './ReceivedEvent.js'
