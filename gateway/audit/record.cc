#include "gateway/audit/record.h"

#include "crypto/check.h"

namespace kerros::audit {
namespace {

constexpr std::uint8_t kRecordVersion = 1;  // On disk: never renumber.

void put_text(Bytes& out, std::string_view text) {
  std::uint8_t size[2];
  store_be(size, static_cast<std::uint16_t>(text.size()));
  out.insert(out.end(), size, size + sizeof(size));
  out.insert(out.end(), text.begin(), text.end());
}

template <typename Integer>
void put_integer(Bytes& out, Integer value) {
  std::uint8_t bytes[sizeof(Integer)];
  store_be(MutableByteView(bytes), value);
  out.insert(out.end(), bytes, bytes + sizeof(bytes));
}

// Takes from the front; after the first lack everything is empty and `short_` says so.
class Taker {
 public:
  explicit Taker(ByteView bytes) : bytes_(bytes) {}

  ByteView take(std::size_t size) {
    if (size > bytes_.size()) {
      short_ = true;
      return {};
    }
    const ByteView taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  template <typename Integer>
  Integer integer() {
    const ByteView taken = take(sizeof(Integer));
    return taken.empty() ? Integer{0} : load_be<Integer>(taken);
  }
  std::string text() { return std::string(as_text(take(integer<std::uint16_t>()))); }

  bool ran_short() const { return short_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  ByteView bytes_;
  bool short_ = false;
};

}  // namespace

bool is_intent(const Record& record) {
  return record.event == Event::kUploadIntent || record.event == Event::kReadIntent ||
         record.status == "intent";
}

Bytes encode(const Record& record) {
  Bytes out{kRecordVersion};
  put_integer(out, record.time_ms);
  put_integer(out, static_cast<std::uint16_t>(record.event));
  for (const std::string* field :
       {&record.actor, &record.right, &record.source, &record.target, &record.status})
    put_text(out, *field);
  put_integer(out, record.intent);
  put_integer(out, static_cast<std::uint16_t>(record.details.size()));
  for (const auto& [name, value] : record.details) {
    put_text(out, name);
    put_text(out, value);
  }
  return out;
}

Result<Record> decode(ByteView payload) {
  Taker taker(payload);
  const auto version = taker.integer<std::uint8_t>();
  if (taker.ran_short()) return fail(ErrorCode::kTruncated, "an audit record is empty");
  if (version != kRecordVersion)
    return fail(ErrorCode::kUnknownVersion, "audit record version " + std::to_string(version));
  Record record;
  record.time_ms = taker.integer<std::uint64_t>();
  const auto event = event_of(taker.integer<std::uint16_t>());
  for (std::string* field :
       {&record.actor, &record.right, &record.source, &record.target, &record.status})
    *field = taker.text();
  record.intent = taker.integer<std::uint64_t>();
  const auto details = taker.integer<std::uint16_t>();
  for (std::size_t i = 0; i < details && !taker.ran_short(); ++i) {
    std::string name = taker.text();  // named, so that name is taken before value
    record.details.emplace_back(std::move(name), taker.text());
  }
  if (taker.ran_short()) return fail(ErrorCode::kTruncated, "an audit record ends too early");
  if (!event) return tl::unexpected(event.error());
  if (!taker.at_end()) return fail(ErrorCode::kTrailingData, "bytes follow an audit record");
  record.event = *event;
  if (auto ok = check(record); !ok) return tl::unexpected(ok.error());
  return record;
}

}  // namespace kerros::audit
