import { loggingMatchers, printLogsOfFailingTests } from 'nestjs-logging/testing';
import { afterEach, beforeEach, expect } from 'vitest';

expect.extend(loggingMatchers);
printLogsOfFailingTests({ beforeEach, afterEach }, { level: 'INFO' });
