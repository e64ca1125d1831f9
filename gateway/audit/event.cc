#include <algorithm>
#include <array>

#include "crypto/check.h"
#include "gateway/audit/record.h"

namespace kerros::audit {
namespace {

struct Row {
  Event event;
  Class event_class;
  std::string_view name;
};

constexpr std::array kTable = {
    Row{Event::kStart, Class::kAdmin, "start"},
    Row{Event::kStop, Class::kAdmin, "stop"},
    Row{Event::kStoreCreated, Class::kAdmin, "store-created"},
    Row{Event::kConfigLoaded, Class::kChange, "config-loaded"},
    Row{Event::kConfigRefused, Class::kError, "config-refused"},
    Row{Event::kUploadIntent, Class::kChange, "upload-intent"},
    Row{Event::kUploadDone, Class::kChange, "upload-done"},
    Row{Event::kReadIntent, Class::kAccess, "read-intent"},
    Row{Event::kReadDone, Class::kAccess, "read-done"},
    Row{Event::kItemChanged, Class::kChange, "item-changed"},
    Row{Event::kItemDeleted, Class::kChange, "item-deleted"},
    Row{Event::kItemCopied, Class::kChange, "item-copied"},
    Row{Event::kVersionRestored, Class::kChange, "version-restored"},
    Row{Event::kVersionDeleted, Class::kChange, "version-deleted"},
    Row{Event::kItemRestored, Class::kChange, "item-restored"},
    Row{Event::kRefused, Class::kAccess, "refused"},
    Row{Event::kNotAuthentic, Class::kError, "not-authentic"},
    Row{Event::kStoredDiffers, Class::kError, "stored-differs"},
    Row{Event::kLegacyPlainRead, Class::kAccess, "legacy-plain-read"},
    Row{Event::kAbandoned, Class::kError, "abandoned"},
    Row{Event::kSessionVoided, Class::kError, "session-voided"},
    Row{Event::kFollowed, Class::kChange, "followed"},
    Row{Event::kVersionVerified, Class::kChange, "version-verified"},
    Row{Event::kOlderPublished, Class::kAccess, "older-published"},
    Row{Event::kPlaceDiffers, Class::kError, "place-differs"},
    Row{Event::kStoreMismatch, Class::kError, "store-mismatch"},
    Row{Event::kStoreAccepted, Class::kAdmin, "store-accepted"},
    Row{Event::kItemAccepted, Class::kAdmin, "item-accepted"},
    Row{Event::kKeyRotated, Class::kAdmin, "key-rotated"},
    Row{Event::kKeyRewrapped, Class::kAdmin, "key-rewrapped"},
    Row{Event::kKeyRetired, Class::kAdmin, "key-retired"},
    Row{Event::kKeyDestroyed, Class::kAdmin, "key-destroyed"},
    Row{Event::kProxyCaChanged, Class::kAdmin, "proxy-ca-changed"},
    Row{Event::kProxyUsersChanged, Class::kAdmin, "proxy-users-changed"},
    Row{Event::kLogRead, Class::kAccess, "log-read"},
    Row{Event::kRegisterRead, Class::kAccess, "register-read"},
    Row{Event::kLogAnnotated, Class::kAdmin, "log-annotated"},
    Row{Event::kLogExpired, Class::kAdmin, "log-expired"},
    Row{Event::kLogHeld, Class::kAdmin, "log-held"},
    Row{Event::kLogReleased, Class::kAdmin, "log-released"},
    Row{Event::kClockJumped, Class::kError, "clock-jumped"},
};

const Row& row_of(Event event) {
  const auto* row =
      std::find_if(kTable.begin(), kTable.end(), [&](const Row& r) { return r.event == event; });
  KERROS_CHECK(row != kTable.end(), "decode() lets no unknown event in");
  return *row;
}

}  // namespace

Class class_of(Event event) { return row_of(event).event_class; }

std::string_view name(Event event) { return row_of(event).name; }

std::string_view name(Class c) {
  switch (c) {
    case Class::kAdmin:
      return "ADMIN";
    case Class::kAccess:
      return "ACCESS";
    case Class::kChange:
      return "CHANGE";
    case Class::kError:
      return "ERROR";
  }
  KERROS_CHECK(false, "classes come from the table of events");
}

Result<Class> class_named(std::string_view text) {
  for (const Class c : {Class::kAdmin, Class::kAccess, Class::kChange, Class::kError})
    if (name(c) == text) return c;
  return fail(ErrorCode::kNotFound, "no such class: " + std::string(text));
}

Result<Event> event_of(std::string_view name) {
  for (const Row& row : kTable)
    if (row.name == name) return row.event;
  return fail(ErrorCode::kNotFound, "no such event: " + std::string(name));
}

Result<Event> event_of(std::uint16_t number) {
  for (const Row& row : kTable)
    if (static_cast<std::uint16_t>(row.event) == number) return row.event;
  return fail(ErrorCode::kUnknownVersion, "event " + std::to_string(number) + " is not known here");
}

}  // namespace kerros::audit
