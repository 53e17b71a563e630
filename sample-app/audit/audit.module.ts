import { Module } from '@nestjs/common';
import './audit.handler.js';
import { AuditController } from './audit.controller.js';
import { AuditTrail } from './audit-trail.js';

@Module({ controllers: [AuditController], providers: [AuditTrail], exports: [AuditTrail] })
export class AuditModule {}
