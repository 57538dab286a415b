import path from 'node:path';
import { after, describe, test } from 'node:test';
import { provideLibrary, provideProgram } from '../support/debian-package.ts';
import {
  compileJava,
  createScratch,
  languageExamples,
  tryVerifier,
  verifierTitle,
} from '../support/verifying-program.ts';

const scratch = await createScratch();
after(() => scratch.remove());

describe('in Python', async () => {
  const folder = '/usr/lib/python3/dist-packages';
  const pyjwt = await provideLibrary({ file: `${folder}/jwt/__init__.py`, debianPackage: 'python3-jwt' });
  const cryptography = await provideLibrary({
    file: `${folder}/cryptography/__init__.py`,
    debianPackage: 'python3-cryptography',
  });
  const skip = pyjwt.skip || cryptography.skip;
  for (const algorithm of ['ES256', 'EdDSA', 'HS256']) {
    test(verifierTitle('PyJWT', algorithm), { skip }, () =>
      tryVerifier(algorithm, ['/usr/bin/python3', path.join(languageExamples, 'python/verify.py')]),
    );
  }
});

describe('in Java, with Debian’s package', async () => {
  const jdk = await provideProgram({ program: 'javac', debianPackage: 'default-jdk-headless' });
  const folder = '/usr/share/java';
  const google = await provideLibrary({
    file: `${folder}/google-http-client-gson.jar`,
    debianPackage: 'libgoogle-http-client-java',
  });
  const jars = ['google-http-client', 'google-http-client-gson', 'gson', 'guava'];
  test(verifierTitle('Google’s HTTP client', 'ES256'), { skip: jdk.skip || google.skip }, async () => {
    const libraries = jars.map((jar) => `${folder}/${jar}.jar`);
    await tryVerifier('ES256', await compileJava(jdk.path ?? '', 'VerifyWithDebian', libraries, scratch.path));
  });
});
