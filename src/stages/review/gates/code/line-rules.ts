/** Patterns of added lines that hide a failure, weaken a protection or send something away. */
import type { Finding } from '../../../../domain/verdict.ts'
import { isProse, isScriptFile, isSourceFile, isTestFile, isWorkflowFile } from '../file-kinds.ts'

export interface LineRule {
  readonly code: string
  readonly severity: Finding['severity']
  /** All must match on the one line; each is linear. */
  readonly patterns: readonly RegExp[]
  readonly applies: (path: string) => boolean
  readonly what: string
  readonly why: string
  readonly instead: string
}

const inCode = (path: string) => !isProse(path)
const inSource = isSourceFile
const inTests = isTestFile
const inAnyRun = (path: string) => isSourceFile(path) || isScriptFile(path) || isWorkflowFile(path)

const skipTexts = {
  what: 'skips a test',
  why: 'The run turns green without the test, and what it guarded may be broken.',
  instead: 'Mend the code that the test found broken.',
}

const skips: readonly RegExp[] = [
  /\b(?:it|test|describe|context|suite|bench|specify)(?:\.(?:concurrent|each|sequential|parallel|serial))?\.(?:skip|todo|fixme|fails|failing|skipIf|runIf)\b/,
  /\b(?:xit|xtest|xdescribe|xcontext|xspecify|xfeature|xscenario)\s{0,5}[(`'" ]/,
  /\b(?:it|test|describe|context|suite)\s{0,3}\[\s{0,3}['"`]skip['"`]/,
  /\bthis\.skip\(|\b(?:ctx|t|context)\.skip\(/,
  /@?(?:pytest|mark|_pytest)\.(?:mark\.)?(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail|importorskip)\b|\bpytestmark\b/,
  /\bunittest\.(?:skip|skipIf|skipUnless|expectedFailure)\b|@(?:skip|skipIf|skipUnless|expectedFailure)\b|\bself\.skipTest\(|\bSkipTest\b|__test__\s{0,5}=\s{0,5}False/,
  /\b[a-z]{1,3}\.Skip(?:f|Now)?\(|\btesting\.Short\(\)/,
  /#\s{0,3}!?\[\s{0,3}(?:cfg_attr\([^\]]{0,100})?ignore\b|#\s{0,3}\[\s{0,3}should_panic/,
  /@(?:Disabled|Ignore|DisabledIf|DisabledOnOs|EnabledIf|DisabledIfEnvironmentVariable|Ignored)\b|\b(?:assumeTrue|assumeFalse|assumeThat)\(/,
  /\[\s{0,3}(?:Fact|Theory|Test|TestMethod|TestCase)\s{0,3}\([^\]]{0,100}\bSkip\s{0,3}=|\[\s{0,3}(?:Ignore|Explicit)\s{0,3}[\](]|\bAssert\.(?:Ignore|Inconclusive)\b/,
  /^\s{0,60}(?:pending|skip)(?:\s{0,3}$|\s{1,3}['"(]|\()|,\s{0,3}(?:skip|pending|todo):\s{0,3}(?:true|['"])|,\s{0,3}:(?:skip|pending)\b|@tag\s{1,3}:?skip\b/,
  /\bmarkTest(?:Skipped|Incomplete)\b|#\[(?:\\?PHPUnit\\Framework\\Attributes\\)?(?:DoesNotPerformAssertions|RequiresPhp)|->(?:skip|todo)\(|\bXCTSkip(?:If|Unless)?\b|\.disabled\(|@Test\(enabled\s{0,3}=\s{0,3}false/,
  /^\s{0,60}(?:if|elif|unless|while)\s{0,3}\(?\s{0,3}(?:false|False|0|nil|None)\s{0,3}\)?\s{0,3}[:{]?\s{0,3}$/,
]

const focused: readonly RegExp[] = [
  /\b(?:it|test|describe|context|suite|specify)(?:\.(?:concurrent|each))?\.only\b/,
  /\b(?:fit|fdescribe|fcontext|fspecify)\s{0,5}[(`'"]|\b(?:ddescribe|iit)\(/,
  /,\s{0,3}:?focus(?::\s{0,3}true|\b)/,
]

const trivialAssertions: readonly RegExp[] = [
  /\bexpect\(\s{0,3}(?<same>true|false|1|0|null|undefined)\s{0,3}\)\.(?:toBe|toEqual|toStrictEqual|to\.equal|to\.be)\(?\s{0,3}\k<same>/,
  /^\s{0,60}assert\s{1,3}(?:True|1|not False|1\s?==\s?1)\s{0,3}(?:$|,|#)/,
  /\bassert(?:True|\.ok|\.isTrue|_true|!|\.True|\.equal|Equal|Equals|Same)?\(\s{0,3}(?:true|True|1)\s{0,3}(?:,\s{0,3}(?:true|True|1)\s{0,3})?\)/,
  /\bexpect\.anything\(\)\s{0,3}\)\s{0,3};?\s{0,3}$/,
]

const lintOff: readonly RegExp[] = [
  /\b(?:eslint|tslint|stylelint|oxlint|jshint|jslint|standard|biome|prettier|rome|deno-lint|deno-fmt)-(?:disable|ignore)\b|\btslint:disable\b|\bjshint\s{1,3}ignore\b|\bdeno-(?:lint|fmt)-ignore/,
  /#\s{0,3}(?:noqa|nosec|nosemgrep|pylint:\s{0,3}(?:disable|skip-file)|flake8:\s{0,3}noqa|fmt:\s{0,3}(?:off|skip)|isort:\s{0,3}skip|ruff:\s{0,3}noqa|bandit)\b/i,
  /\bno(?:lint|sec|semgrep)\b\s{0,3}(?::|$|\s)|\bNOLINT(?:NEXTLINE|BEGIN)?\b|\bNOSONAR\b/,
  /#\s{0,3}!?\[\s{0,3}(?:cfg_attr\([^\]]{0,100})?(?:allow|expect)\(/,
  /@SuppressWarnings\b|@SuppressFBWarnings\b|@Suppress\(|#pragma\s{1,3}warning\s{1,3}disable|\[SuppressMessage\b|\bswiftlint:disable\b|\bktlint-disable\b|\bdetekt:|\bCHECKSTYLE[:.]OFF\b|\brubocop:(?:disable|todo)\b|\bphpcs:(?:ignore|disable)\b|\bcredo:disable\b|\bshellcheck\s{1,3}disable=|\bpragma:\s{0,3}no\s{0,3}cover\b|\b(?:istanbul|c8|v8)\s{1,3}ignore\b/,
  // Versions of apt, pip and apk packages cannot be pinned for long: their archives drop old ones.
  /\bhadolint\s{1,3}(?:global\s{1,3})?ignore=(?!DL30(?:08|13|18)(?:,DL30(?:08|13|18)){0,2}(?:\s|$))/,
]

const typesOff: readonly RegExp[] = [
  /@ts-(?:ignore|nocheck|expect-error)\b/,
  /#\s{0,3}(?:type:\s{0,3}ignore|mypy:\s{0,3}(?:ignore-errors|disable)|pyright:\s{0,3}(?:ignore|basic|strict\s?=\s?false)|pytype:\s{0,3}disable|ty:\s{0,3}ignore)/,
  /\bas\s{1,3}(?:unknown\s{1,3}as|any)\b|<any>\s{0,3}[\w(]|\$FlowFixMe|@phpstan-ignore|@psalm-suppress|@no_type_check|\btyping\.cast\(\s{0,3}["']?Any/,
]

const swallowed: readonly RegExp[] = [
  /\bexcept\b[^:\n]{0,100}:\s{0,3}(?:pass|\.\.\.|continue)\b/,
  /\bcatch\s{0,3}(?:\([^)\n]{0,100}\))?\s{0,3}\{\s{0,3}(?:\/[*/][^\n]{0,100})?\}/,
  /\.catch\(\s{0,3}(?:\(?\w{0,30}\)?\s{0,3}=>\s{0,3}(?:\{\s{0,3}\}|null|undefined|void 0)|noop)/,
  /\brescue\s{0,3}(?:=>\s{0,3}\w{1,30})?\s{0,3}(?:;|nil\b|then nil)|\bcontextlib\.suppress\(\s{0,3}(?:Base)?Exception/,
  /^\s{0,60}_\s{0,3}(?:,\s{0,3}_\s{0,3})?=\s{0,3}err\b/,
]

const tlsOff: readonly RegExp[] = [
  /NODE_TLS_REJECT_UNAUTHORIZED|\brejectUnauthorized["']?\s{0,3}[:=]\s{0,3}(?:false|0)|\bstrict-ssl["']?\s{0,3}[ =:]\s{0,3}["']?false|\bstrictSSL["']?\s{0,3}:\s{0,3}false/i,
  /\bverify\s{0,3}=\s{0,3}(?:False|0|None)\b|\bPYTHONHTTPSVERIFY\s{0,3}=|_create_unverified_context|\bCERT_NONE\b|\bcheck_hostname\s{0,3}=\s{0,3}False|--trusted-host\b/,
  /\bcurl\b[^\n;|&]{0,200}\s(?:-[a-zA-Z]{0,8}k[a-zA-Z]{0,8}|--insecure)\b|\bwget\b[^\n;|&]{0,200}--no-check-certificate|\bInsecureSkipVerify\b|\bGIT_SSL_NO_VERIFY\b|\bhttp\.sslVerify\b[ =]{1,3}["']?(?:false|0)|--insecure-skip-tls-verify|\bdanger_accept_invalid_certs\b|\bVERIFY_NONE\b|CURLOPT_SSL_VERIFY(?:PEER|HOST)|--allow-unauthenticated\b|--no-gpg-check|--force-yes|\btrustAllCerts\b|ServerCertificateValidationCallback/,
]

const encoded: readonly RegExp[] = [
  /\beval\b\s{0,3}[("'`$]|\bnew\s{1,3}Function\s{0,3}\(|(?<![\w.])Function\s{0,3}\(\s{0,3}['"`]|\bvm\.run(?:InThisContext|InNewContext|InContext)\b/,
  /(?<![\w.])(?:exec|__import__)\s{0,3}\(|\bcompile\(\s{0,3}(?:base64|codecs|bytes)|\bIEX\b|\bInvoke-Expression\b|-(?:EncodedCommand|enc)\s{1,3}[A-Za-z0-9+/=]{16}/,
  /\bbase64\s{1,3}(?:-d|-D|--decode)\b|\batob\s{0,3}\(|\bb64decode\s{0,3}\(|\bunhexlify\s{0,3}\(|\bxxd\s{1,3}-r\b|\bfromCharCode\b|from\([^)\n]{0,200}['"`](?:base64|hex)['"`]/i,
  /(?:\\x[0-9a-fA-F]{2}){8}|(?:\\u[0-9a-fA-F]{4}){8}/,
]

const environmentRead =
  /\bprocess\.env\b(?!\.(?:NODE_ENV|PORT|HOST|CI|TZ|DEBUG|LOG_LEVEL)\b)|\bprocess\s{0,3}\[\s{0,3}['"`]env|\bimport\.meta\.env\b|\bos\.environ\b|\bos\.getenv\b|\bgetenv\(|\bDeno\.env\b|\bBun\.env\b|(?<![\w.])ENV\s{0,3}(?:\[|\.(?:to_h|each|inspect|to_a|map))|\bstd::env::vars?\b|\bos\.(?:Environ|Getenv)\(|\bSystem\.getenv\b|\$_ENV\b|\$(?:\{)?(?:GITHUB_TOKEN|[A-Z_]{2,40}(?:TOKEN|SECRET|PASSWORD|_KEY))\b|\bprintenv\b|(?:^|[\s;|&($`'"])env\b(?=\s{0,5}(?:$|[|>;&)`'"]))|\/proc\/(?:self|[0-9*]{1,6})\/environ|\$\{\{\s{0,5}(?:toJSON\s{0,3}\(\s{0,3})?secrets\b/i
const sending =
  /\bcurl\b|\bwget\b|\bfetch\s{0,3}\(|\baxios\b|\bgot\s{0,3}[.(]|\bhttps?\.(?:get|request|Post|Get|NewRequest)\b|\brequests?\.(?:get|post|put|request)\b|\burllib\b|\bhttpx\b|\bnc\s|\bncat\b|\/dev\/tcp\/|\bnslookup\b|\bdig\s|\bsendBeacon\b|\bWebSocket\b|\bXMLHttpRequest\b|\bsocket\b|\bNet::HTTP\b|\bInvoke-(?:WebRequest|RestMethod)\b|\bdns\.(?:resolve|lookup)|\breqwest\b|\bfile_get_contents\(|\bsendmail\b|\bscp\s|\brsync\s|\bssh\s/i
const printing =
  /\bconsole\.(?:log|info|warn|error|debug|dir|table)\b|\bprocess\.std(?:out|err)\b|(?<![\w.])p?print(?:f|ln|Stack)?!?\s{0,3}\(|\becho\b|\bputs\b|\bfmt\.(?:Print|Fprint)|\bSystem\.out\b|\bvar_dump\b|\bprint_r\b|\blog(?:ger|ging)?\.(?:debug|info|warn|warning|error|fatal)\b|\bwriteFile|\btee\b|>>?\s{0,3}[\w./$"']/i
const wholeEnvironment =
  /\bprintenv\b|(?:^|[\s;|&($`'"])env\b(?=\s{0,5}(?:$|[|>;&)`'"]))|(?:^|[\s;|&])(?:export -p|declare -x|set)\s{0,5}(?:$|[|>])|\/proc\/(?:self|[0-9*]{1,6})\/environ|\bGet-ChildItem\s{1,3}env:|JSON\.stringify\(\s{0,3}process\.env|\bjson\.dumps\([^)\n]{0,40}os\.environ|toJSON\s{0,3}\(\s{0,3}secrets/i

/** Every rule for a single added line. */
export const lineRules: readonly LineRule[] = [
  ...skips.map(
    (pattern): LineRule => ({
      code: 'code/skipped-test',
      severity: 'error',
      patterns: [pattern],
      applies: inSource,
      ...skipTexts,
    }),
  ),
  ...focused.map(
    (pattern): LineRule => ({
      code: 'code/focused-test',
      severity: 'error',
      patterns: [pattern],
      applies: inSource,
      what: 'runs one test alone',
      why: 'All other tests of the file are then skipped, and the run is green without them.',
      instead: 'Run all tests.',
    }),
  ),
  ...trivialAssertions.map(
    (pattern): LineRule => ({
      code: 'code/trivial-assertion',
      severity: 'error',
      patterns: [pattern],
      applies: inTests,
      what: 'asserts what is always true',
      why: 'Such a test counts as passed and checks nothing.',
      instead: 'Assert what the code under test does.',
    }),
  ),
  ...lintOff.map(
    (pattern): LineRule => ({
      code: 'code/lint-disabled',
      severity: 'error',
      patterns: [pattern],
      applies: inCode,
      what: 'turns a check off',
      why: 'The fault that the check found stays in the code.',
      instead: 'Mend the line that the check names.',
    }),
  ),
  ...typesOff.map(
    (pattern): LineRule => ({
      code: 'code/types-disabled',
      severity: 'error',
      patterns: [pattern],
      applies: inSource,
      what: 'turns the type check off',
      why: 'The wrong type stays, and the next caller fails at run time.',
      instead: 'Give the value its right type.',
    }),
  ),
  ...swallowed.map(
    (pattern): LineRule => ({
      code: 'code/error-swallowed',
      severity: 'warning',
      patterns: [pattern],
      applies: inSource,
      what: 'drops an error without a word',
      why: 'The cause of the failure may go on unseen.',
      instead: 'Handle the one error that is expected, and let the others through.',
    }),
  ),
  ...tlsOff.map(
    (pattern): LineRule => ({
      code: 'code/tls-check-off',
      severity: 'error',
      patterns: [pattern],
      applies: inCode,
      what: 'turns the check of certificates or signatures off',
      why: 'Whoever sits between may then change what is downloaded or read what is sent.',
      instead: 'Install the missing certificate or key.',
    }),
  ),
  {
    code: 'code/world-writable',
    severity: 'error',
    patterns: [
      /\bchmod\b[^\n;|&]{0,60}\s(?:0?[0-7]?[0-7][2367][2367]|[0-7]?777|(?:a|o|go|ugo)?\+[rx]{0,2}w[rx]{0,2}|a=rwx)\b|\b0?o?777\b[^\n]{0,40}\bchmod|\bchmod(?:Sync)?\([^)\n]{0,100}\b0o?777\b/,
    ],
    applies: inCode,
    what: 'lets everybody write',
    why: 'Every process and user of the machine may then change what runs.',
    instead: 'Give the owner the right that is missing.',
  },
  {
    code: 'code/piped-installer',
    severity: 'error',
    patterns: [
      /\b(?:curl|wget|fetch|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b/i,
      /\|\s{0,5}(?:sudo\s{1,3}(?:-\w{1,3}\s{1,3})?)?(?:\/(?:usr\/)?bin\/(?:env\s{1,3})?)?(?:ba|z|da|k)?sh\b|\|\s{0,5}(?:sudo\s{1,3})?(?:python[23]?|node|perl|ruby|iex|Invoke-Expression)\b|\b(?:ba|z)?sh\b\s{0,3}(?:-c\s{0,3}["']?\$\(|<\s{0,3}\()|\b(?:source|eval)\b\s{0,3}["']?(?:<\s{0,3}\(|\$\()/i,
    ],
    applies: inAnyRun,
    what: 'runs what it has just downloaded',
    why: 'Nobody has seen what runs, and it can change at any time.',
    instead: 'Use a package manager or an action with a fixed version and a checksum.',
  },
  ...encoded.map(
    (pattern): LineRule => ({
      code: 'code/encoded-code',
      severity: 'error',
      patterns: [pattern],
      applies: inAnyRun,
      what: 'runs or unpacks text that a reader cannot see through',
      why: 'What it does shows only when it runs.',
      instead: 'Write the code plainly.',
    }),
  ),
  ...[sending, printing].map(
    (pattern): LineRule => ({
      code: 'code/environment-exfiltration',
      severity: 'error',
      patterns: pattern === sending ? [environmentRead, sending] : [wholeEnvironment],
      applies: inAnyRun,
      what: 'reads the environment and sends or prints it',
      why: 'The environment of a job holds tokens and secrets.',
      instead: 'Name the one value that is needed, and keep it out of requests and logs.',
    }),
  ),
  {
    code: 'code/environment-exfiltration',
    severity: 'error',
    patterns: [/TOKEN|SECRET|PASSWORD|CREDENTIAL|PRIVATE_KEY|API_?KEY|secrets\./, environmentRead, printing],
    applies: inSource,
    what: 'reads a secret of the environment and prints it',
    why: 'Logs are read by more people than secrets, and copies of them stay.',
    instead: 'Keep the value out of the output.',
  },
  {
    code: 'code/snapshot-update',
    severity: 'error',
    patterns: [
      /(?:^|\s)(?:--update-?snapshots?|--updateSnapshot|--snapshot-update|-u)(?:\s|"|'|$)/,
      /\b(?:jest|vitest|playwright|pytest|ava|test|insta)\b/,
    ],
    applies: isScriptFile,
    what: 'lets the tests rewrite what they expect',
    why: 'A test that updates its own expectation always passes.',
    instead: 'Compare in CI, and update by hand.',
  },
]

/** "Line 4 skips a test. …", the one form of all messages of line rules. */
export function lineMessage({ what, why, instead }: LineRule, line: number): string {
  return `Line ${line} ${what}. ${why} ${instead}`
}
