import { afterEach, beforeEach } from '@jest/globals';
import { printLogsOfFailingTests } from 'nestjs-logging/testing';

printLogsOfFailingTests({ beforeEach, afterEach }, { level: 'INFO' });
