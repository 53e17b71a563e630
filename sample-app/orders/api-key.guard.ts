import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** Refuses requests without the key; that a request was refused is in the log without a word here. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    return request.headers['x-api-key'] === 'sample';
  }
}
