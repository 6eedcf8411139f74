/** All that the relationships service decides: relationships and opportunities, each command routed by its type. */
import { combine } from 'decider-ts'
import { Opportunity } from './Opportunity.js'
import { Relationship } from './Relationship.js'

export const Relationships = combine({ relationship: Relationship, opportunity: Opportunity })
