/** The same features, with a package handed over that the bundler does not find by itself. */
import * as iconv from 'iconv-lite';
import { providePackage } from 'nestjs-logging/core';
import { main } from './features.mjs';

providePackage('iconv-lite', iconv.default ?? iconv);
void main();
