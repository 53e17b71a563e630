import { describe } from '@jest/globals';
import { ApolloDriver } from '@nestjs/apollo';
import { ExpressAdapter } from '@nestjs/platform-express';
import { describeOperations } from './support/graphql-expectations.js';
import { runOperations } from './support/graphql-run.js';
import { expectEveryInternal } from './support/internals.js';

expectEveryInternal();

describe('GraphQL by Apollo on Express', () => {
  describeOperations((variant) => runOperations(ApolloDriver, () => new ExpressAdapter(), variant));
});
