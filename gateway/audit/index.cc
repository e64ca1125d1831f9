#include "gateway/audit/index.h"

#include <fcntl.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "crypto/derive.h"

namespace kerros::audit {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'K', 'R', 'S', 'A', 'I', 'D', 'X', 1};  // On disk.
constexpr std::string_view kLabel = "kerros/1/audit-index";
constexpr std::string_view kTermLabel = "kerros/1/audit-term";
constexpr std::uint32_t kPartRecords = 1 << 17;  // bounds the memory of whoever writes or reads one
constexpr std::uint32_t kAnchorEvery = 64;
constexpr std::size_t kFixed = 1 + 4 + 8 + 8;
constexpr std::size_t kRowSize = 8 + 4;
// A record has at most as many terms as it has details, but nobody writes many.
constexpr std::size_t kMaxPart = std::size_t{1} << 28;

static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);

template <typename Integer>
void put_be(Bytes& out, Integer value) {
  std::array<std::uint8_t, sizeof(Integer)> bytes{};
  store_be(bytes, value);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::size_t anchors(std::uint32_t records) { return (records + kAnchorEvery - 1) / kAnchorEvery; }

class Builder {
 public:
  Builder(const std::string& name, std::uint64_t first, const Keys& keys)
      : name_(name), first_(first), keys_(keys), file_(kMagic.begin(), kMagic.end()) {}

  void add(std::uint64_t offset, const Record& record, const TermKey& key) {
    if (records_ == kPartRecords) finish(false);
    if (records_ % kAnchorEvery == 0) anchors_.push_back(offset);
    earliest_ = std::min(earliest_, record.time_ms);
    latest_ = std::max(latest_, record.time_ms);
    for (const Term& term : terms_of(record)) rows_.emplace_back(hash_of(key, term), records_);
    ++records_;
  }

  void finish(bool last) {
    std::sort(rows_.begin(), rows_.end());
    Bytes plain{static_cast<std::uint8_t>(last ? 1 : 0)};
    plain.reserve(kFixed + anchors_.size() * 8 + rows_.size() * kRowSize);
    put_be(plain, records_);
    put_be(plain, earliest_);
    put_be(plain, latest_);
    for (const std::uint64_t offset : anchors_) put_be(plain, offset);
    for (const auto& [hash, number] : rows_) {
      put_be(plain, hash);
      put_be(plain, number);
    }
    put_be(file_, static_cast<std::uint32_t>(plain.size() + kSealOverhead));
    seal_at(keys_.seal.reveal(), {kLabel, name_, first_}, plain, file_);
    first_ += records_;
    records_ = 0;
    earliest_ = UINT64_MAX;
    latest_ = 0;
    anchors_.clear();
    rows_.clear();
  }

  const Bytes& file() const { return file_; }

 private:
  const std::string& name_;
  std::uint64_t first_;
  const Keys& keys_;
  Bytes file_;
  std::uint32_t records_ = 0;
  std::uint64_t earliest_ = UINT64_MAX, latest_ = 0;
  std::vector<std::uint64_t> anchors_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> rows_;
};

}  // namespace

std::string index_path(const std::string& directory, const std::string& segment) {
  return directory + "/index/" + segment + ".idx";
}

TermKey term_key(const Keys& keys, const SegmentHead& head) {
  Bytes message(kTermLabel.begin(), kTermLabel.end());
  message.push_back(0);
  message.insert(message.end(), head.seed.begin(), head.seed.end());
  const auto whole = crypto::mac(keys.salt.reveal(), message);
  TermKey key{};
  std::copy_n(whole.begin(), key.size(), key.begin());
  return key;
}

std::uint64_t hash_of(const TermKey& key, const Term& term) {
  Bytes message{static_cast<std::uint8_t>(term.kind)};
  message.insert(message.end(), term.text.begin(), term.text.end());
  std::array<std::uint8_t, 8> hash{};
  crypto_shorthash(hash.data(), message.data(), message.size(), key.data());
  return load_be<std::uint64_t>(hash);
}

Status build_index(const std::string& directory, const std::string& segment, const Keys& keys,
                   const std::atomic<bool>& stop) {
  auto reader = SegmentReader::open(directory, segment);
  if (!reader) return tl::unexpected(reader.error());
  const auto head = reader->unseal(keys.seal.reveal());
  if (!head) return tl::unexpected(head.error());
  const TermKey key = term_key(keys, *head);
  Builder builder(segment, reader->first(), keys);
  while (true) {
    if (stop) return fail(ErrorCode::kUnavailable, "the audit log is being closed");
    const std::uint64_t offset = reader->offset();
    const auto frame = reader->next();
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame) break;
    const auto payload =
        open_frame(keys.seal.reveal(), segment, (*frame)->position, (*frame)->sealed);
    const auto record = payload ? decode(*payload) : tl::unexpected(payload.error());
    if (!record)
      return fail(ErrorCode::kNotAuthentic,
                  "record " + std::to_string((*frame)->position) + ": " + record.error().detail);
    builder.add(offset, *record, key);
  }
  builder.finish(true);
  if (auto ok = make_directory(directory + "/index"); !ok) return ok;
  return replace_file(index_path(directory, segment), builder.file());
}

std::vector<std::uint32_t> IndexPart::find(std::uint64_t hash) const {
  const ByteView rows = ByteView(plain).subspan(kFixed + anchors(records) * 8);
  const auto hash_at = [&](std::size_t i) {
    return load_be<std::uint64_t>(rows.subspan(i * kRowSize, 8));
  };
  std::size_t low = 0, high = rows.size() / kRowSize;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (hash_at(middle) < hash)
      low = middle + 1;
    else
      high = middle;
  }
  std::vector<std::uint32_t> numbers;
  for (; low < rows.size() / kRowSize && hash_at(low) == hash; ++low)
    numbers.push_back(load_be<std::uint32_t>(rows.subspan(low * kRowSize + 8, 4)));
  return numbers;
}

std::pair<std::uint64_t, std::uint32_t> IndexPart::anchor(std::uint32_t number) const {
  const std::uint32_t row = number / kAnchorEvery;
  return {load_be<std::uint64_t>(ByteView(plain).subspan(kFixed + std::size_t{row} * 8, 8)),
          row * kAnchorEvery};
}

Result<IndexReader> IndexReader::open(const std::string& directory, const SegmentHead& head) {
  std::string path = index_path(directory, head.name);
  auto fd = open_file(path, O_RDONLY);
  if (!fd) return tl::unexpected(fd.error());
  std::array<std::uint8_t, 8> magic{};
  const auto got = read_at(fd->get(), magic, 0, path);
  if (!got) return tl::unexpected(got.error());
  if (*got != magic.size() || magic != kMagic)
    return fail(ErrorCode::kNotAuthentic, path + " is not an index");
  return IndexReader(std::move(path), head, std::move(*fd));
}

Result<std::optional<IndexPart>> IndexReader::next(ByteView seal_key) {
  if (ended_) return std::nullopt;
  const auto damaged = [&] { return fail(ErrorCode::kNotAuthentic, path_ + " was changed"); };
  std::array<std::uint8_t, 4> length{};
  const auto got = read_at(fd_.get(), length, offset_, path_);
  if (!got) return tl::unexpected(got.error());
  const std::size_t size = load_be<std::uint32_t>(length);
  if (*got != length.size() || size < kFixed + kSealOverhead || size > kMaxPart) return damaged();
  Bytes sealed(size);
  const auto whole = read_at(fd_.get(), sealed, offset_ + 4, path_);
  if (!whole) return tl::unexpected(whole.error());
  if (*whole != size) return damaged();
  auto plain = open_at(seal_key, {kLabel, name_, first_}, sealed);
  if (!plain) return damaged();
  IndexPart part;
  part.first = first_;
  part.last = plain->front() == 1;
  part.records = load_be<std::uint32_t>(ByteView(*plain).subspan(1, 4));
  part.earliest_ms = load_be<std::uint64_t>(ByteView(*plain).subspan(5, 8));
  part.latest_ms = load_be<std::uint64_t>(ByteView(*plain).subspan(13, 8));
  part.plain = std::move(*plain);
  offset_ += 4 + size;
  first_ += part.records;
  ended_ = part.last;
  return part;
}

}  // namespace kerros::audit
