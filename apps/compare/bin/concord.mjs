#!/usr/bin/env node
// npm links a program at installation, before the build has made it; so what is linked is this file.
import '../dist/main.js';
