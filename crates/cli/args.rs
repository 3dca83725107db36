//! The command line: `docs` of every flag are its `--help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes:
  0    done (also when nothing changed)
  1    the run failed, or `rules test` found a failing rule
  2    usage or configuration error
  3    another run holds the lock
  4    a publication gate refused the version
  5    verification failed
  6    finished, but a site yielded no page or a named input was unreadable
  130  interrupted; the page in flight finished, all is consistent

Start with `thresh demo`: it runs the whole job on a small web of its own.";

/// Collects the pages of partner sites, strips their noise, and publishes a versioned corpus in which
/// every sentence traces back to a capture.
#[derive(Debug, Parser)]
#[command(name = "thresh", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The configuration folder [default: config].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) config: Option<PathBuf>,
    /// The corpus folder.
    #[arg(long, global = true, default_value = "corpus", value_name = "DIR")]
    pub(crate) corpus: PathBuf,
    /// Tells more (repeat for more still).
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Tells only what went wrong.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Whether progress bars are drawn: `auto` draws them on a terminal only.
    #[arg(long, global = true, value_enum, default_value_t = Progress::Auto, value_name = "WHEN")]
    pub(crate) progress: Progress,
    /// Writes JSON instead of a table.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The form of log lines on stderr.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    Auto,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves a small web on loopback and runs the whole job on it.
    #[command(after_help = "Examples:\n  thresh demo\n  thresh demo --dir /srv/try-thresh")]
    Demo(DemoArgs),
    /// Writes a commented starter configuration.
    #[command(after_help = "Examples:\n  thresh init\n  thresh init my-corpus")]
    Init(InitArgs),
    /// Looks at the configuration.
    #[command(
        after_help = "Examples:\n  thresh config check\n  thresh --config staging config check --json"
    )]
    Config(ConfigArgs),
    /// Looks after partner sites.
    #[command(after_help = "Examples:\n  thresh site add https://www.osce.org/cthb")]
    Site(SiteArgs),
    /// Crawls, curates and publishes under one lock: what a scheduler calls.
    #[command(
        after_help = "Examples:\n  thresh run\n  thresh run --revisit all\n  thresh run --force 'the partner closed its site'"
    )]
    Run(RunArgs),
    /// Adds captures from the network; resumes what was interrupted.
    #[command(
        after_help = "Examples:\n  thresh crawl\n  thresh crawl --site osce --max-pages 200\n  thresh crawl --revisit all --max-time 2h\n  thresh crawl --dry-run\n  thresh crawl --json | jq .totals\n\nWith --json the report is one object, `report` is its format (1): `sites` and `totals` count `new`,\n`changed`, `unchanged`, `gone`, `redirected`, `errors` by status, `refused` by reason, `requests`,\n`bytes`, `bytes_on_wire`, `bytes_stored` and `politeness` (seconds by origin); `traps` name what was\nheld back. The same is kept for ever in captures/runs/<number>-<time>-crawl.json."
    )]
    Crawl(CrawlArgs),
    /// Adds captures from WARC, WACZ, HTML, plain text or JSONL files and folders.
    #[command(
        after_help = "Examples:\n  thresh import pages/\n  thresh import old.warc.gz --site osce\n  thresh import browsertrix.wacz\n  thresh import pages/ --urls addresses.tsv\n  thresh import feed.jsonl"
    )]
    Import(ImportArgs),
    /// Lists what was captured, one row an exchange.
    #[command(
        after_help = "Examples:\n  thresh captures\n  thresh captures --jsonl --kind all | jq .final_url\n  thresh captures --jsonl --text\n  thresh captures --url osce.org/cthb\n  thresh captures --url https://www.osce.org/cthb --at 2026-03-01 --json\n  thresh captures --url osce.org/cthb/ --prefix --kind page\n  thresh captures --refused"
    )]
    Captures(CapturesArgs),
    /// Makes a new version from captures, configuration and decisions, if anything changed.
    #[command(
        after_help = "Examples:\n  thresh curate\n  thresh curate --dry-run\n  thresh curate --force 'site closed, agreed with the partner'"
    )]
    Curate(CurateArgs),
    /// Cleans one page, or JSONL of pages: no corpus needed.
    #[command(
        after_help = "Examples:\n  thresh extract page.html --format text\n  curl -s https://example.org/ | thresh extract --format markdown\n  thresh extract pages.jsonl > clean.jsonl"
    )]
    Extract(ExtractArgs),
    /// Groups JSONL documents into clusters with reasons: no corpus needed.
    #[command(
        after_help = "Examples:\n  thresh dedup documents.jsonl > clusters.jsonl\n  thresh dedup --relations relations.jsonl < documents.jsonl\n  thresh dedup --edges edges.jsonl documents.jsonl | jq -r 'select(.relation == \"canonical\").reason'"
    )]
    Dedup(DedupArgs),
    /// Lists the versions.
    #[command(after_help = "Examples:\n  thresh log\n  thresh log --json | jq '.[-1].version_id'")]
    Log,
    /// Shows a version, or one of its documents.
    #[command(
        after_help = "Examples:\n  thresh show\n  thresh show 3\n  thresh show latest --documents\n  thresh show --doc https://www.osce.org/secretariat/373001\n  thresh show --json | jq -r '.documents[].title'"
    )]
    Show(ShowArgs),
    /// Tells what changed between two versions.
    #[command(
        after_help = "Examples:\n  thresh diff 1 2\n  thresh diff 1 latest --words\n  thresh diff 1 2 --json"
    )]
    Diff(DiffArgs),
    /// Gives a version a name.
    #[command(after_help = "Examples:\n  thresh tag 3 annual-2026\n  thresh tag latest checked")]
    Tag(TagArgs),
    /// Re-hashes a version; `--rebuild` curates it again from the captures and compares every byte.
    #[command(
        after_help = "Examples:\n  thresh verify\n  thresh verify 2 --rebuild\n  thresh verify --all"
    )]
    Verify(VerifyArgs),
    /// Tells why a document is as it is: every block, candidate and duplicate.
    ///
    /// Each block comes with a mark (`+` kept, `-` dropped), its anchor, how likely the model takes it
    /// for the page's own text, its words, the rule or reason that decided, and the features that
    /// weighed most, in log-odds. Then come the words by reason and the guard that asks for a review
    /// where rules removed too much.
    #[command(
        after_help = "Examples:\n  thresh explain https://www.osce.org/secretariat/373001\n  thresh explain k3v5... --json\n  thresh explain page.html\n  thresh explain page.html --url https://site.example/news/1\n  thresh explain page.html --json | jq -r '.blocks[] | select(.rule) | .rule + \"  \" + .text'\n  curl -s https://site.example/ | thresh explain -"
    )]
    Explain(ExplainArgs),
    /// Writes a version for downstream tools.
    #[command(
        after_help = "Examples:\n  thresh export --format jsonl --out corpus.jsonl\n  thresh export --format jsonl --out - | jq .title\n  thresh export 2 --format markdown --out pages/\n  thresh export --format text --out texts/\n  thresh export --format wacz --out corpus.wacz\n  thresh export --format wacz --licence-policy open --out exports/"
    )]
    Export(ExportArgs),
    /// Looks after the noise rules.
    #[command(after_help = "Examples:\n  thresh rules test\n  thresh rules test --json")]
    Rules(RulesArgs),
    /// Tells of the last run, what is due, open questions and disk use.
    #[command(
        after_help = "Examples:\n  thresh status\n  thresh status --due\n  thresh status --site osce\n  thresh status --json | jq '.next[] | .url + \"  \" + .reason'"
    )]
    Status(StatusArgs),
    /// Records a human decision (not built yet).
    #[command(hide = true)]
    Decide(NotBuilt),
    /// Removes a text everywhere (not built yet).
    #[command(hide = true)]
    Takedown(NotBuilt),
    /// Writes a page with pictures (not built yet).
    #[command(hide = true)]
    Report(NotBuilt),
    /// Serves the review page (not built yet).
    #[command(hide = true)]
    Review(NotBuilt),
    /// Prints a systemd unit (not built yet).
    #[command(hide = true)]
    Schedule(NotBuilt),
    /// Drops what no kept version needs (not built yet).
    #[command(hide = true)]
    Gc(NotBuilt),
    /// Prints shell completions (not built yet).
    #[command(hide = true)]
    Completions(NotBuilt),
}

/// Takes anything, so that a script is told that the command is missing, not that its words are.
#[derive(Debug, Args)]
pub(crate) struct NotBuilt {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub(crate) rest: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the demo's configuration and corpus are kept.
    #[arg(long, default_value = "thresh-demo", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Where `config` is written.
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Validates everything, without a network.
    Check,
}

#[derive(Debug, Args)]
pub(crate) struct SiteArgs {
    #[command(subcommand)]
    pub(crate) command: SiteCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SiteCommand {
    /// Writes a site file with what the address's host tells.
    Add {
        /// The address to start from.
        url: String,
    },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Revisit {
    /// Pages whose time has come.
    #[default]
    Due,
    /// Every known page.
    All,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Which known pages are asked again.
    #[arg(long, value_enum, default_value_t = Revisit::Due)]
    pub(crate) revisit: Revisit,
    /// Publishes a version that the gates refuse, for this reason.
    #[arg(long, value_name = "WHY")]
    pub(crate) force: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CrawlArgs {
    /// Only this site (may be repeated).
    #[arg(long, value_name = "ID")]
    pub(crate) site: Vec<String>,
    /// A file with an address on each line, to be asked besides the seeds; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    pub(crate) urls: Option<PathBuf>,
    /// Which known pages are asked again.
    #[arg(long, value_enum, default_value_t = Revisit::Due)]
    pub(crate) revisit: Revisit,
    /// Asks this many pages at most.
    #[arg(long, value_name = "N")]
    pub(crate) max_pages: Option<u64>,
    /// Ends after this long, for example `30m`; what is in hand is finished.
    #[arg(long, value_name = "DUR")]
    pub(crate) max_time: Option<String>,
    /// Tells what would be asked, and asks nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The site of everything imported; by its address where none is named.
    #[arg(long, value_name = "ID")]
    pub(crate) site: Option<String>,
    /// Gives files their addresses: lines of file TAB URL.
    #[arg(long, value_name = "TSV")]
    pub(crate) urls: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    #[default]
    Page,
    Robots,
    Sitemap,
    Redirect,
    Tdmrep,
    All,
}

#[derive(Debug, Args)]
pub(crate) struct CapturesArgs {
    /// Writes a JSON object a line.
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// Which exchanges [default: page; with --url all].
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
    /// Only those of this address, oldest first, in any spelling: http or https, with or without `www.`,
    /// parameters in any order, as replay tools find them.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Only the one nearest to this time (UTC): `2026-03-01`, `20260301120000` or RFC 3339.
    #[arg(long, value_name = "TIME", requires = "url")]
    pub(crate) at: Option<String>,
    /// Every address that begins with --url; one that ends in `/` is a folder.
    #[arg(long, requires = "url")]
    pub(crate) prefix: bool,
    /// Adds the body, decoded to Unicode, markup included (JSON only).
    #[arg(long)]
    pub(crate) text: bool,
    /// Lists what was refused instead, and why.
    #[arg(long, conflicts_with = "url")]
    pub(crate) refused: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CurateArgs {
    /// Tells what would be published, and writes nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Publishes a version that the gates refuse, for this reason.
    #[arg(long, value_name = "WHY")]
    pub(crate) force: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExtractFormat {
    #[default]
    Jsonl,
    Markdown,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bias {
    Precision,
    Balanced,
    Recall,
}

#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = ExtractFormat::Jsonl)]
    pub(crate) format: ExtractFormat,
    /// Whether doubtful blocks go or stay.
    #[arg(long, value_enum)]
    pub(crate) bias: Option<Bias>,
    /// A page, or JSONL of pages; `-` is stdin.
    #[arg(default_value = "-", value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DedupArgs {
    /// Also writes the relations that do not merge to this file, with the evidence.
    #[arg(long, value_name = "FILE")]
    pub(crate) relations: Option<PathBuf>,
    /// Also writes every pair that speaks for a merge to this file, with the evidence.
    #[arg(long, value_name = "FILE")]
    pub(crate) edges: Option<PathBuf>,
    /// Keeps in this folder what the next call can make use of, and makes use of what is there.
    ///
    /// FILE holds all documents every time: what is new or changed costs, what is missing is forgotten,
    /// and the outcome is the same as without. Kept are sampled word sequences as hashes, which pairs
    /// were compared, and a few words in which they differ. The folder may be deleted at any time.
    #[arg(long, value_name = "DIR")]
    pub(crate) index: Option<PathBuf>,
    /// JSONL of documents `{id, text, url?, date?}`; `-` is stdin.
    ///
    /// `language`, `identity`, `symbol`, `publisher`, `canonical` (the address that the page calls its
    /// own), `translations` (`[{language, url}]`) and `listed` (by a sitemap) are read where they are.
    #[arg(default_value = "-", value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The version: a number, the start of its id, a tag, or `latest`.
    #[arg(default_value = "latest", value_name = "V")]
    pub(crate) version: String,
    /// Lists its documents.
    #[arg(long)]
    pub(crate) documents: bool,
    /// Shows one document of it, by address or id.
    #[arg(long, value_name = "URL|ID")]
    pub(crate) doc: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The earlier version.
    pub(crate) a: String,
    /// The later version.
    pub(crate) b: String,
    /// Shows the words that changed.
    #[arg(long)]
    pub(crate) words: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TagArgs {
    /// The version.
    pub(crate) version: String,
    /// The name: letters, digits, `.`, `-` and `_`.
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Lists all that is due or waits, not only the next few addresses.
    #[arg(long)]
    pub(crate) due: bool,
    /// Only this site (may be repeated), with more of its addresses.
    #[arg(long, value_name = "ID")]
    pub(crate) site: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The version; the latest where none is named.
    #[arg(value_name = "V")]
    pub(crate) version: Option<String>,
    /// Verifies every version.
    #[arg(long, conflicts_with = "version")]
    pub(crate) all: bool,
    /// Curates again from the captures and compares.
    #[arg(long)]
    pub(crate) rebuild: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// An address, a document id, or a file with a page (`-` is stdin), which needs no corpus.
    #[arg(value_name = "URL|DOC_ID|FILE")]
    pub(crate) name: String,
    /// The address that a page from a file stood at.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LicencePolicy {
    All,
    Attributed,
    Open,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The version.
    #[arg(default_value = "latest", value_name = "V")]
    pub(crate) version: String,
    /// `jsonl`, `markdown`, `text`, or `wacz`: the captures behind the documents, for replay.
    #[arg(long)]
    pub(crate) format: String,
    /// A file for `jsonl` (`-` is stdout) and `wacz` (in a folder, or with a closing `/`, it is named
    /// after the corpus), a folder for the others.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,
    /// Leaves out what its licence does not allow to pass on.
    #[arg(long, value_enum, default_value_t = LicencePolicy::All)]
    pub(crate) licence_policy: LicencePolicy,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Runs every noise rule against its own examples.
    Test,
}
