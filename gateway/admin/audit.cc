// The noun audit: reading the log is itself an event of the log, with what for and what was shown.
#include <algorithm>
#include <array>

#include "crypto/hkdf.h"
#include "gateway/admin/noun.h"
#include "gateway/audit/lint.h"

namespace kerros::admin {
namespace {

constexpr std::array<std::string_view, 10> kFilters = {
    "since", "until", "actor", "item", "key", "unit", "event", "class", "status", "subject"};

}  // namespace

Result<audit::Filter> filter_of(const Request& request) {
  audit::Texts texts;
  for (const auto name : kFilters)
    if (auto text = option(request, std::string(name)); !text.empty())
      texts.emplace(name, std::move(text));
  auto filter = audit::parse_filter(texts);
  if (filter) return filter;
  return complain(ErrorCode::kMalformed, "the question to the log cannot be understood",
                  filter.error().detail, "`kerros audit query --help` tells the filters");
}

namespace {

Result<std::string> purpose_of(const Request& request) {
  auto purpose = option(request, "purpose");
  if (!purpose.empty()) return purpose;
  return complain(ErrorCode::kMalformed, "the log is not read without a purpose",
                  "records are personal data, and who reads them says what for",
                  "give --purpose, as in --purpose \"fault 1234\"");
}

// The records as the lines that `kerros audit export` prints.
std::string lines_of(const audit::Page& page, bool with_proof) {
  std::string lines;
  for (const auto& placed : page.records) {
    auto line = audit::to_json(placed.record, placed.position);
    if (with_proof) {
      line.pop_back();
      line += R"(,"proof":{"salt":")" + to_hex(placed.salt) + R"(","payload":")" +
              to_base64(placed.payload) + "\"}}";
    }
    lines += line + "\n";
  }
  return lines;
}

// Who asks, what and what for.
audit::Record reading_of(const Context& context, const std::string& purpose) {
  const auto& request = context.request;
  auto record = record_of(context, audit::Event::kLogRead, request.path);
  record.status = "intent";
  const auto note = [&](const std::string& name, const std::string& text) {
    if (!text.empty()) record.details.emplace_back(name, audit::as_field(text));
  };
  note("purpose", purpose);
  note("case", option(request, "case"));
  note("held", option(request, "held"));
  for (const auto name : kFilters)
    note("asked " + std::string(name), option(request, std::string(name)));
  return record;
}

// What will be shown, and a hash of it.
void describe(audit::Record& record, const audit::Page& page, const std::string& lines) {
  record.status = "done";
  record.details.emplace_back("records", std::to_string(page.records.size()));
  if (!page.records.empty()) {
    record.details.emplace_back("first", std::to_string(page.records.front().position));
    record.details.emplace_back("last", std::to_string(page.records.back().position));
  }
  record.details.emplace_back("sha256", to_hex(crypto::sha256(as_bytes(lines))));
}

// What stood in the log before the reading did.
void cut_after(audit::Page& page, std::uint64_t size) {
  while (!page.records.empty() && page.records.back().position > size) page.records.pop_back();
  if (page.next > size) page.next = 0;
}

Json array_of(const std::string& lines) {
  auto records = Json::array();
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = lines.find('\n', at);
    records.push_back(Json::parse(lines.substr(at, end - at)));
    at = end + 1;
  }
  return records;
}

Json null_or(std::uint64_t position) { return position == 0 ? Json() : Json(position); }

}  // namespace

// The reading is an event with an intent before it and an outcome that says what was shown, both
// durable before it is. The reader sees all that went before his intent, what was only queued then
// included.
Result<Json> read_log(const Context& context) {
  const auto& request = context.request;
  auto& log = *context.installation.log;
  const auto purpose = purpose_of(request);
  if (!purpose) return tl::unexpected(purpose.error());
  const auto filter = filter_of(request);
  if (!filter) return tl::unexpected(filter.error());
  const auto limit = number_option(request, "limit", kMaxPage, kMaxPage);
  if (!limit) return tl::unexpected(limit.error());
  const auto last = number_option(request, "last", UINT64_MAX, UINT64_MAX);
  if (!last) return tl::unexpected(last.error());
  const auto asked = number_option(request, "from", 0, UINT64_MAX);
  if (!asked) return tl::unexpected(asked.error());
  auto record = reading_of(context, *purpose);
  const auto intent = append(context, record);
  if (!intent) return tl::unexpected(intent.error());

  const auto size = *intent - 1;
  const auto from = *asked > 0 ? *asked : size - std::min(*last, size) + 1;
  const auto held = option(request, "held");
  auto page = held.empty() ? log.query(*filter, from, *limit) : log.read_case(held, from, *limit);
  if (page && held.empty()) cut_after(*page, size);
  const auto lines = page ? lines_of(*page, !option(request, "proof").empty()) : std::string();
  record.intent = *intent;
  record.status = page ? "" : audit::as_field("failed: " + page.error().detail);
  if (page) describe(record, *page, lines);
  if (const auto told = append(context, std::move(record)); !told)
    return tl::unexpected(told.error());
  if (!page) return tl::unexpected(page.error());
  return Json{
      {"records", array_of(lines)}, {"from", from}, {"next", null_or(page->next)}, {"size", size}};
}

Result<Json> annotate_record(const Context& context) {
  const auto& request = context.request;
  const auto size = context.installation.log->size();
  const auto position = number_option(request, "record", 0, size);
  if (!position) return tl::unexpected(position.error());
  const auto note = option(request, "note");
  if (*position == 0 || note.empty())
    return complain(ErrorCode::kMalformed, "a record and a note must be given",
                    "a record is never changed: the note becomes a record of its own", "");
  auto record =
      record_of(context, audit::Event::kLogAnnotated, "record " + std::to_string(*position));
  record.details.emplace_back("record", std::to_string(*position));
  record.details.emplace_back("note", audit::as_field(note));
  const auto written = append(context, std::move(record));
  if (!written) return tl::unexpected(written.error());
  return Json{{"record", *position}, {"annotation", *written}};
}

Result<Json> lint_log(const Context& context) {
  constexpr std::size_t kMostTold = 100;
  const auto& request = context.request;
  auto& log = *context.installation.log;
  const auto from = number_option(request, "from", 1, UINT64_MAX);
  if (!from) return tl::unexpected(from.error());
  audit::Lint lint;
  std::uint64_t next = *from;
  while (next != 0 && lint.records() < kLintedAtOnce) {
    const auto page = log.query({}, next, kMaxPage);
    if (!page) return tl::unexpected(page.error());
    for (const auto& placed : page->records) lint.look(placed.position, placed.record);
    next = page->next;
  }
  auto findings = Json::array();
  for (const auto& finding : lint.findings()) {
    if (findings.size() == kMostTold) break;
    findings.push_back(
        {{"record", finding.position}, {"field", finding.field}, {"rule", finding.rule}});
  }
  return Json{{"records", lint.records()},
              {"faults", lint.findings().size()},
              {"findings", std::move(findings)},
              {"next", null_or(next)}};
}

namespace {

constexpr std::size_t kMaxNotes = std::size_t{1} << 30;

// The checkpoints of the second place after those that were given, each followed by an empty line.
Result<std::string> older_notes(const Context& context) {
  std::string notes = option(context.request, "older");
  if (!notes.empty() && !notes.ends_with("\n\n")) notes += "\n";
  const auto& place = context.config.audit.checkpoint_copy;
  if (place.empty()) return notes;
  const auto copies = audit::read_whole(place, kMaxNotes);
  if (copies) return notes.append(as_text(*copies));
  return complain(copies.error().code, "the copies of the checkpoints cannot be read",
                  copies.error().detail, "make audit.checkpoint_copy readable, or empty");
}

}  // namespace

Result<Json> verify_log(const Context& context) {
  auto& installation = context.installation;
  auto keys = audit_keys(*installation.store);
  if (!keys) return tl::unexpected(keys.error());
  if (auto ok = installation.log->checkpoint(); !ok) return tl::unexpected(ok.error());
  const auto older = older_notes(context);
  if (!older) return tl::unexpected(older.error());
  const auto result =
      audit::verify(context.config.audit.directory, installation.origin, &*keys, *older);
  if (!result) return tl::unexpected(result.error());
  return Json{{"records", result->records},
              {"unsigned_records", result->unsigned_records},
              {"expired", result->expired},
              {"held", result->held},
              {"checkpoints", result->checkpoints},
              {"last_checkpoint", result->last_checkpoint_time},
              {"store_change", installation.store->head().sequence},
              {"store_went_back", result->store_went_back},
              {"verifier", result->verifier}};
}

}  // namespace kerros::admin
