#include "gateway/audit/segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "gateway/audit/time_text.h"

namespace kerros::audit {
namespace {

constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kReadAhead = 256 * 1024;
static_assert(kReadAhead > kMaxFrame + kLengthSize);

}  // namespace

std::string segment_path(const std::string& directory, const std::string& name) {
  return directory + "/segments/" + name + std::string(kSuffix);
}

Result<std::vector<std::string>> segment_names(const std::string& directory) {
  auto files = names_in(directory + "/segments");
  if (!files) return files;
  for (std::string& file : *files) {
    const std::string_view text = file;
    if (!text.ends_with(kSuffix) || !is_day(text.substr(0, text.size() - kSuffix.size())))
      return fail(ErrorCode::kMalformed, "segments/" + file + " is not a segment");
    file.resize(file.size() - kSuffix.size());
  }
  return files;
}

Result<SegmentReader> SegmentReader::open(const std::string& directory, const std::string& name) {
  const std::string path = segment_path(directory, name);
  auto fd = open_file(path, O_RDONLY);
  if (!fd) return tl::unexpected(fd.error());
  SegmentReader reader(name, path, std::move(*fd));
  const auto fixed = reader.look(kHeadFixedSize);
  if (!fixed) return tl::unexpected(fixed.error());
  const auto plain = peek_head(*fixed);
  if (!plain) return fail(plain.error().code, path + ": " + plain.error().detail);
  reader.sealed_head_.resize(plain->sealed_size);
  const auto got = read_at(reader.fd_.get(), reader.sealed_head_, kHeadFixedSize, path);
  if (!got) return tl::unexpected(got.error());
  if (*got != plain->sealed_size)
    return fail(ErrorCode::kTruncated, path + ": the segment's head is cut");
  reader.first_ = reader.next_position_ = plain->first;
  reader.offset_ = kHeadFixedSize + plain->sealed_size;
  return reader;
}

Result<SegmentHead> SegmentReader::unseal(ByteView seal_key) const {
  auto head = open_head(seal_key, name_, first_, sealed_head_);
  if (!head) return fail(head.error().code, path_ + ": head: " + head.error().detail);
  return head;
}

Result<ByteView> SegmentReader::look(std::size_t size) {
  if (offset_ < buffer_at_ || offset_ + size > buffer_at_ + buffer_.size()) {
    buffer_.resize(kReadAhead);
    const auto got = read_at(fd_.get(), buffer_, offset_, path_);
    if (!got) return tl::unexpected(got.error());
    buffer_.resize(*got);
    buffer_at_ = offset_;
  }
  const ByteView rest = ByteView(buffer_).subspan(offset_ - buffer_at_);
  return rest.first(std::min(size, rest.size()));
}

Result<bool> SegmentReader::only_zeros_follow() {
  for (;;) {
    const auto bytes = look(kReadAhead);
    if (!bytes) return tl::unexpected(bytes.error());
    if (bytes->empty()) return true;
    if (std::any_of(bytes->begin(), bytes->end(), [](std::uint8_t b) { return b != 0; }))
      return false;
    offset_ += bytes->size();
  }
}

Result<std::optional<SegmentReader::Frame>> SegmentReader::next() {
  const auto where = [&] { return path_ + ": record " + std::to_string(next_position_); };
  const auto length = look(kLengthSize);
  if (!length) return tl::unexpected(length.error());
  if (length->empty()) return std::nullopt;
  if (length->size() < kLengthSize) return fail(ErrorCode::kTruncated, where() + " is cut");
  const std::size_t size = load_be<std::uint32_t>(*length);
  if (size <= kSealOverhead || size > kMaxFrame) {
    const std::uint64_t here = offset_;
    const auto zeros = only_zeros_follow();
    offset_ = here;
    if (!zeros) return tl::unexpected(zeros.error());
    if (*zeros) return fail(ErrorCode::kTruncated, where() + " was never written");
    return fail(ErrorCode::kMalformed, where() + " has a length that no record has");
  }
  const auto whole = look(kLengthSize + size);
  if (!whole) return tl::unexpected(whole.error());
  if (whole->size() < kLengthSize + size) return fail(ErrorCode::kTruncated, where() + " is cut");
  offset_ += kLengthSize + size;
  return Frame{next_position_++, whole->subspan(kLengthSize)};
}

Result<SegmentWriter> SegmentWriter::create(const std::string& directory, SegmentHead head,
                                            ByteView seal_key) {
  const std::string path = segment_path(directory, head.name);
  auto fd = open_file(path, O_RDWR | O_CREAT | O_EXCL);
  if (!fd) return tl::unexpected(fd.error());
  const Bytes bytes = seal_head(seal_key, head);
  Status made = write_at(fd->get(), bytes, 0, path);
  if (made) made = sync_files({path});
  if (!made) {
    ::unlink(path.c_str());
    return tl::unexpected(made.error());
  }
  return SegmentWriter(std::move(head), path, std::move(*fd), bytes.size());
}

Result<SegmentWriter> SegmentWriter::resume(const std::string& directory, SegmentHead head,
                                            std::uint64_t length) {
  const std::string path = segment_path(directory, head.name);
  auto fd = open_file(path, O_RDWR);
  if (!fd) return tl::unexpected(fd.error());
  if (auto ok = cut_to(fd->get(), length, path); !ok) return tl::unexpected(ok.error());
  // What was found but perhaps never synced will be signed: make it durable first.
  if (auto ok = sync_data(fd->get(), path); !ok) return tl::unexpected(ok.error());
  return SegmentWriter(std::move(head), path, std::move(*fd), length);
}

Status SegmentWriter::check_in_place() const {
  struct stat ours{}, named{};
  if (::fstat(fd_.get(), &ours) != 0) return system_failure("look at", path_);
  if (::stat(path_.c_str(), &named) != 0 || named.st_ino != ours.st_ino ||
      named.st_dev != ours.st_dev)
    return fail(ErrorCode::kUnavailable, path_ + " was removed or replaced while it was open");
  if (static_cast<std::uint64_t>(ours.st_size) != length_)
    return fail(ErrorCode::kUnavailable, path_ + " was cut or written to by somebody else");
  return {};
}

Status SegmentWriter::append(ByteView group) {
  if (needs_cutting_) {
    if (auto ok = cut_to(fd_.get(), length_, path_); !ok) return ok;
    needs_cutting_ = false;
  }
  if (auto ok = check_in_place(); !ok) return ok;
  needs_cutting_ = true;
  Status written = write_at(fd_.get(), group, length_, path_);
  if (written) written = sync_data(fd_.get(), path_);
  if (written) {
    needs_cutting_ = false;
    length_ += group.size();
    return {};
  }
  needs_cutting_ = !cut_to(fd_.get(), length_, path_).has_value();
  return written;
}

}  // namespace kerros::audit
