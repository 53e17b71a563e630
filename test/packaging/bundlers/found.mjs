/** The features, with the packages that the bundler finds by itself. */
import { main } from './features.mjs';

void main();
