import {
  BadRequestException,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import {
  Args,
  Field,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { bindContext } from '../../../lib/context/context.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';

@ObjectType()
class Order {
  @Field(() => Int)
  id!: number;

  @Field(() => Int, { nullable: true })
  total?: number;

  @Field({ nullable: true })
  note?: string;
}

class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Catch()
class ConvertingFilter implements ExceptionFilter {
  catch(exception: unknown): unknown {
    return new BadRequestException(`converted: ${exception instanceof Error ? exception.message : '?'}`);
  }
}

/** A function, since filters are bound to classes for good. */
export function graphqlResolver(hasFilter: boolean): Type {
  @Resolver(() => Order)
  class OrdersResolver {
    @Query(() => Order)
    order(@Args('id', { type: () => Int }) id: number): Order {
      bindContext({ order: id });
      getLogger('handler').info('called');
      return { id };
    }

    @Query(() => Order, { nullable: true })
    async broken(): Promise<Order> {
      await Promise.resolve();
      throw new Error('thrown');
    }

    @Query(() => Order, { nullable: true })
    bad(): Order {
      throw new BadRequestException('bad');
    }

    @Query(() => Order, { nullable: true })
    @UseGuards(RefusingGuard)
    refused(): Order {
      return { id: 1 };
    }

    @Mutation(() => Order)
    pay(@Args('id', { type: () => Int }) id: number): Order {
      return { id };
    }

    @ResolveField(() => String, { nullable: true })
    note(order: Order): string {
      if (order.id === 13) throw new Error('no note');
      return `order ${order.id}`;
    }

    @ResolveField(() => Int, { nullable: true })
    async total(@Parent() order: Order): Promise<number> {
      await Promise.resolve();
      if (order.id === 13) throw new Error('no total');
      getLogger('handler').info('called');
      return order.id * 2;
    }
  }
  if (hasFilter) UseFilters(new ConvertingFilter())(OrdersResolver);
  return OrdersResolver;
}

/** Operations and what they leave in the log. */
export const operations = [
  {
    query: 'query Find { order(id: 7) { id total note } }',
    outcome: 'ok',
    type: 'query',
    name: 'Find',
    fields: ['order'],
  },
  {
    query: 'mutation Pay { pay(id: 7) { id } }',
    outcome: 'ok',
    type: 'mutation',
    name: 'Pay',
    fields: ['pay'],
  },
  {
    query: '{ a: order(id: 1) { id } b: order(id: 2) { total } }',
    outcome: 'ok',
    type: 'query',
    name: null,
    fields: ['order'],
  },
  {
    query: 'query Broken { broken { id } }',
    outcome: 'failed',
    type: 'query',
    name: 'Broken',
    fields: ['broken'],
    paths: ['broken'],
  },
  {
    query: 'query Bad { bad { id } }',
    outcome: 'refused',
    type: 'query',
    name: 'Bad',
    fields: ['bad'],
    paths: ['bad'],
  },
  {
    query: 'query Refused { refused { id } }',
    outcome: 'refused',
    type: 'query',
    name: 'Refused',
    fields: ['refused'],
    paths: ['refused'],
  },
  {
    query: 'query Partly { order(id: 13) { id note total } broken { id } }',
    outcome: 'failed',
    type: 'query',
    name: 'Partly',
    fields: ['order', 'broken'],
    paths: ['broken', 'order.note', 'order.total'],
  },
] as const;
