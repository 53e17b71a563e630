import { Controller, Get } from '@nestjs/common';
import { type AuditEntry, AuditTrail } from './audit-trail.js';

@Controller('audit')
export class AuditController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  list(): readonly AuditEntry[] {
    return this.trail.entries;
  }
}
