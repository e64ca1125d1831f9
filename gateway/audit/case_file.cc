#include "gateway/audit/case_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "gateway/audit/time_text.h"

namespace kerros::audit {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'K', 'R', 'S', 'C', 'A', 'S', 'E', 1};  // On disk.
constexpr std::string_view kLabel = "kerros/1/audit-case";
constexpr std::string_view kSuffix = ".case";
constexpr std::size_t kProof = 8 + 32;  // position and salt before the record
constexpr std::size_t kMaxPlain = kProof + kMaxRecord;

std::string path_of(const std::string& directory, const std::string& name) {
  return directory + "/cases/" + name + std::string(kSuffix);
}

void put_frame(Bytes& out, const std::string& name, std::uint64_t number, ByteView plain,
               ByteView seal_key) {
  std::array<std::uint8_t, 4> length{};
  store_be(length, static_cast<std::uint32_t>(plain.size() + kSealOverhead));
  out.insert(out.end(), length.begin(), length.end());
  seal_at(seal_key, {kLabel, name, number}, plain, out);
}

Bytes plain_of(const Placed& placed) {
  Bytes plain(8);
  store_be(plain, placed.position);
  plain.insert(plain.end(), placed.salt.begin(), placed.salt.end());
  plain.insert(plain.end(), placed.payload.begin(), placed.payload.end());
  return plain;
}

Result<Placed> placed_of(ByteView plain) {
  if (plain.size() < kProof) return fail(ErrorCode::kTruncated, "a held record is cut");
  Placed placed;
  placed.position = load_be<std::uint64_t>(plain.first(8));
  std::copy_n(plain.begin() + 8, placed.salt.size(), placed.salt.begin());
  const ByteView payload = plain.subspan(kProof);
  placed.payload.assign(payload.begin(), payload.end());
  auto record = decode(payload);
  if (!record) return tl::unexpected(record.error());
  placed.record = std::move(*record);
  return placed;
}

std::string text_of(const CaseHead& head) {
  nlohmann::json json = to_texts(head.filter);
  json["opened"] = time_text(head.opened_ms);
  return json.dump();
}

Result<CaseHead> head_of(const std::string& name, ByteView plain) {
  const auto json = nlohmann::json::parse(plain.begin(), plain.end(), nullptr, false);
  const auto bad = [] { return fail(ErrorCode::kMalformed, "the head of a case is not one"); };
  if (!json.is_object()) return bad();
  Texts texts;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) return bad();
    texts[key] = value.get<std::string>();
  }
  auto filter = parse_filter(texts);
  const auto opened = parse_time(texts["opened"]);
  if (!filter || !opened) return bad();
  return CaseHead{name, *opened, std::move(*filter)};
}

}  // namespace

Status check_case_name(const std::string& name) {
  const bool fit = !name.empty() && name.size() <= 64 && name.front() != '.' &&
                   std::all_of(name.begin(), name.end(), [](unsigned char c) {
                     return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '_' || c == '.';
                   });
  if (fit) return {};
  return fail(ErrorCode::kMalformed,
              "a case is named by at most 64 letters, digits, \"-\", \"_\" and \".\"");
}

Result<std::vector<std::string>> case_names(const std::string& directory) {
  if (!exists(directory + "/cases")) return std::vector<std::string>{};
  auto files = names_in(directory + "/cases");
  if (!files) return files;
  std::vector<std::string> names;
  for (std::string& file : *files) {
    if (!file.ends_with(kSuffix)) continue;  // being written
    file.resize(file.size() - kSuffix.size());
    names.push_back(std::move(file));
  }
  return names;
}

Status remove_case(const std::string& directory, const std::string& name) {
  if (auto ok = check_case_name(name); !ok) return ok;
  const std::string path = path_of(directory, name);
  if (::unlink(path.c_str()) != 0) return system_failure("remove", path);
  return sync_directory(directory + "/cases");
}

Result<CaseFile> CaseFile::create(const std::string& directory, const CaseHead& head,
                                  ByteView seal_key) {
  if (auto ok = check_case_name(head.name); !ok) return tl::unexpected(ok.error());
  if (auto ok = make_directory(directory + "/cases"); !ok) return tl::unexpected(ok.error());
  const std::string path = path_of(directory, head.name);
  if (exists(path)) return fail(ErrorCode::kConflict, "there is a case " + head.name + " already");
  Bytes file(kMagic.begin(), kMagic.end());
  put_frame(file, head.name, 0, as_bytes(text_of(head)), seal_key);
  if (auto ok = replace_file(path, file); !ok) return tl::unexpected(ok.error());
  return open(directory, head.name, seal_key);
}

Result<CaseFile> CaseFile::open(const std::string& directory, const std::string& name,
                                ByteView seal_key) {
  if (auto ok = check_case_name(name); !ok) return tl::unexpected(ok.error());
  std::string path = path_of(directory, name);
  auto fd = open_file(path, O_RDWR);
  if (!fd) return tl::unexpected(fd.error());
  CaseFile file(std::move(path), {name, 0, {}}, std::move(*fd));
  std::array<std::uint8_t, 8> magic{};
  const auto got = read_at(file.fd_.get(), magic, 0, file.path_);
  if (!got) return tl::unexpected(got.error());
  const auto first = file.frame(magic.size(), 0, seal_key);
  if (!first) return tl::unexpected(first.error());
  if (*got != magic.size() || magic != kMagic || first->empty())
    return fail(ErrorCode::kNotAuthentic, file.path_ + " is not a case");
  auto head = head_of(name, *first);
  if (!head) return tl::unexpected(head.error());
  file.head_ = std::move(*head);
  file.begin_ = magic.size() + kLengthSize + kSealOverhead + first->size();
  const auto end = file.find_end(seal_key);
  if (!end) return tl::unexpected(end.error());
  file.end_ = *end;
  return file;
}

Result<Bytes> CaseFile::frame(std::uint64_t offset, std::uint64_t number, ByteView seal_key) const {
  std::array<std::uint8_t, kLengthSize> length{};
  const auto got = read_at(fd_.get(), length, offset, path_);
  if (!got) return tl::unexpected(got.error());
  if (*got < length.size()) return Bytes{};
  const std::size_t size = load_be<std::uint32_t>(length);
  if (size <= kSealOverhead || size > kMaxPlain + kSealOverhead) return Bytes{};
  Bytes sealed(size);
  const auto whole = read_at(fd_.get(), sealed, offset + kLengthSize, path_);
  if (!whole) return tl::unexpected(whole.error());
  if (*whole < size) return Bytes{};  // never written whole: the next one goes over it
  auto plain = open_at(seal_key, {kLabel, head_.name, number}, sealed);
  if (!plain)
    return fail(ErrorCode::kNotAuthentic,
                path_ + ": frame " + std::to_string(number) + ": " + plain.error().detail);
  return plain;
}

Result<std::uint64_t> CaseFile::find_end(ByteView seal_key) {
  for (std::uint64_t offset = begin_;; ++number_) {
    const auto plain = frame(offset, number_, seal_key);
    if (!plain) return tl::unexpected(plain.error());
    if (plain->empty()) return offset;
    const auto placed = placed_of(*plain);
    if (!placed) return tl::unexpected(placed.error());
    newest_ = placed->position;
    offset += kLengthSize + kSealOverhead + plain->size();
  }
}

Status CaseFile::add(const std::vector<Placed>& records, ByteView seal_key) {
  Bytes frames;
  std::uint64_t number = number_, newest = newest_;
  for (const Placed& placed : records) {
    if (placed.position <= newest) continue;
    put_frame(frames, head_.name, number++, plain_of(placed), seal_key);
    newest = placed.position;
  }
  if (frames.empty()) return {};
  if (auto ok = cut_to(fd_.get(), end_, path_); !ok) return ok;
  if (auto ok = write_at(fd_.get(), frames, end_, path_); !ok) return ok;
  if (auto ok = sync_data(fd_.get(), path_); !ok) return ok;
  end_ += frames.size();
  number_ = number;
  newest_ = newest;
  return {};
}

Result<Page> CaseFile::read(std::uint64_t from, std::size_t limit, ByteView seal_key) const {
  Page page;
  std::uint64_t offset = begin_;
  for (std::uint64_t number = 1; number < number_; ++number) {
    const auto plain = frame(offset, number, seal_key);
    if (!plain) return tl::unexpected(plain.error());
    offset += kLengthSize + kSealOverhead + plain->size();
    auto placed = placed_of(*plain);
    if (!placed) return tl::unexpected(placed.error());
    if (placed->position < from) continue;
    if (page.records.size() == limit) {
      page.next = placed->position;
      break;
    }
    page.records.push_back(std::move(*placed));
  }
  return page;
}

}  // namespace kerros::audit
