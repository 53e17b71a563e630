/** An application that cannot start; prints why, and ends. */
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LoggingModule } from 'nestjs-logging';

@Injectable()
class Database {
  constructor() {
    throw new Error('no database');
  }
}

@Module({
  imports: [
    LoggingModule.forRoot({
      version: 1,
      formatters: { short: { format: '%(levelname)s|%(message)s' } },
      handlers: { file: { class: 'logging.FileHandler', filename: 'app.log', formatter: 'short' } },
      root: { level: 'INFO', handlers: ['file'] },
    }),
  ],
  providers: [Database],
})
class AppModule {}

async function main(): Promise<void> {
  try {
    await NestFactory.create(AppModule, { abortOnError: false });
  } catch (error) {
    console.log(String(error));
  }
}

void main();
