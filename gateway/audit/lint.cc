#include "gateway/audit/lint.h"

#include <algorithm>
#include <array>
#include <optional>

namespace kerros::audit {
namespace {

constexpr std::size_t kMostOpen = 100'000;  // intents remembered

// How an event is written. Statuses are words, each what comes before ":" in the status; an event
// that may have the word "intent" is its own outcome.
struct Form {
  Event event;
  std::string_view statuses;             // each followed by a comma
  std::string_view details = "";         // that must be there, each followed by a comma
  std::optional<Event> outcome_of = {};  // other than itself
  std::string_view outcome = "";         // details of its own outcome, when that is "done"
};

constexpr std::string_view kDone = "done,";
constexpr std::string_view kRefused = "refused,";
constexpr std::string_view kChange = "intent,done,refused,failed,";
constexpr std::string_view kOrder = "intent,done,failed,looked at,";

constexpr std::array kForms = {
    Form{Event::kStart, kDone},
    Form{Event::kStop, kDone},
    Form{Event::kStoreCreated, kDone, "unit,"},
    Form{Event::kConfigLoaded, kDone},
    Form{Event::kConfigRefused, kRefused, "why,"},
    Form{Event::kUploadIntent, "intent,", "request,key,class,"},
    Form{Event::kUploadDone, "done,refused,failed,", "key,", Event::kUploadIntent},
    Form{Event::kReadIntent, "intent,", "key,"},
    Form{Event::kReadDone, "done,failed,", "", Event::kReadIntent},
    Form{Event::kItemChanged, kChange},
    Form{Event::kItemDeleted, kChange},
    Form{Event::kItemCopied, kChange},
    Form{Event::kVersionRestored, kChange},
    Form{Event::kVersionDeleted, kChange},
    Form{Event::kItemRestored, kChange},
    Form{Event::kRefused, kRefused},
    Form{Event::kNotAuthentic, kRefused},
    Form{Event::kStoredDiffers, "refused,suspect,"},
    Form{Event::kLegacyPlainRead, "passed,"},
    Form{Event::kAbandoned, "failed,", "intent,"},
    Form{Event::kSessionVoided, kRefused},
    Form{Event::kFollowed, "done,refused,failed,seen where it was asked for,", "key,asked by,"},
    Form{Event::kVersionVerified, "seen,", "key,"},
    Form{Event::kOlderPublished, "passed,", "key,"},
    Form{Event::kPlaceDiffers, "done,ignored,"},
    Form{Event::kStoreMismatch, kRefused},
    Form{Event::kStoreAccepted, kDone, "log-saw-change,store-at-change,"},
    Form{Event::kItemAccepted, kOrder, "accepts,key,reason,"},
    Form{Event::kKeyRotated, kOrder},
    Form{Event::kKeyRewrapped, kOrder},
    Form{Event::kKeyRetired, kOrder},
    Form{Event::kKeyDestroyed, kOrder},
    Form{Event::kProxyCaChanged, kOrder, "change,"},
    Form{Event::kProxyUsersChanged, kOrder, "change,"},
    Form{Event::kLogRead, "intent,done,failed,", "purpose,", {}, "records,sha256,"},
    Form{Event::kRegisterRead, kDone},
    Form{Event::kLogAnnotated, kDone, "record,note,"},
    Form{Event::kLogExpired, kChange, "from,to,"},
    Form{Event::kLogHeld, kChange, "reason,"},
    Form{Event::kLogReleased, kChange, "reason,records,"},
    Form{Event::kClockJumped, kRefused},
};

const Form* form_of(Event event) {
  const auto* form =
      std::find_if(kForms.begin(), kForms.end(), [&](const Form& f) { return f.event == event; });
  return form == kForms.end() ? nullptr : form;
}

bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    list.remove_prefix(comma + 1);
  }
  return false;
}

std::string_view first_word(std::string_view status) { return status.substr(0, status.find(':')); }

bool has_detail(const Record& record, std::string_view name) {
  return std::any_of(record.details.begin(), record.details.end(),
                     [&](const auto& detail) { return detail.first == name; });
}

using Fields = std::array<std::pair<std::string_view, const std::string*>, 5>;
Fields fields_of(const Record& record) {
  return {{{"actor", &record.actor},
           {"right", &record.right},
           {"source", &record.source},
           {"target", &record.target},
           {"status", &record.status}}};
}

}  // namespace

void Lint::report(std::uint64_t position, std::string field, std::string_view rule) {
  findings_.push_back({position, std::move(field), std::string(rule)});
}

void Lint::look(std::uint64_t position, const Record& record) {
  if (records_ == 0) first_ = position;
  if (records_ > 0 && position != last_ + 1)
    report(position, "position", "it does not follow the record before it");
  last_ = position;
  ++records_;
  check_form(position, record);
  check_intent(position, record);
  check_secrets(position, record);
}

void Lint::check_form(std::uint64_t position, const Record& record) {
  if (const auto ok = check(record); !ok) report(position, "record", "a field is empty or no text");
  for (const auto& [name, text] : fields_of(record))
    if (*text == "-") report(position, std::string(name), "it says nothing");
  const Form* form = form_of(record.event);
  if (form == nullptr) return report(position, "event", "it is not in the table");
  if (!lists(form->statuses, first_word(record.status)))
    report(position, "status", "the event never has it");
  // Where an event is its own outcome, the intent holds the details.
  const bool own = record.intent != 0 && !form->outcome_of && lists(form->statuses, "intent");
  const bool done = first_word(record.status) == "done";
  for (std::string_view rest = !own ? form->details : done ? form->outcome : ""; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    if (!has_detail(record, rest.substr(0, comma)))
      report(position, std::string(rest.substr(0, comma)), "the event needs it");
    rest.remove_prefix(comma + 1);
  }
}

void Lint::check_intent(std::uint64_t position, const Record& record) {
  const Form* form = form_of(record.event);
  if (form == nullptr) return;
  const bool own = lists(form->statuses, "intent");
  const bool is_outcome = form->outcome_of || (own && first_word(record.status) != "intent" &&
                                               first_word(record.status) != "looked at");
  if (is_outcome && record.intent == 0) report(position, "intent", "the outcome names none");
  if (record.intent >= position) return report(position, "intent", "it lies ahead");
  if (record.intent != 0 && record.intent >= first_) {
    const auto intent = intents_.find(record.intent);
    if (intent == intents_.end()) {
      if (intents_.size() < kMostOpen)
        report(position, "intent", "no intent stands there any more");
    } else {
      const Event wanted = form->outcome_of.value_or(record.event);
      if (intent->second != wanted && record.event != Event::kAbandoned)
        report(position, "intent", "it is one of another event");
      intents_.erase(intent);
    }
  }
  if (is_intent(record) && intents_.size() < kMostOpen) intents_.emplace(position, record.event);
}

void Lint::check_secrets(std::uint64_t position, const Record& record) {
  const auto look_at = [&](std::string_view name, std::string_view text) {
    if (const auto rule = secret_in(text); !rule.empty()) report(position, std::string(name), rule);
  };
  for (const auto& [name, text] : fields_of(record)) look_at(name, *text);
  for (const auto& [name, value] : record.details) {
    if (!secret_in(name).empty()) report(position, "details", "a name of one is no name");
    look_at(name, name == "sha256" ? "sha256 " + value : value);
  }
}

}  // namespace kerros::audit
