#include "tools/sandbox/rest_uploads.h"

#include <fstream>
#include <vector>

#include "tools/sandbox/http_message.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {

void RestUploads::take(Upload& upload, const Arrived& piece) {
  {
    std::ifstream in(piece.file, std::ios::binary);
    std::ofstream out(upload.file, std::ios::binary | std::ios::app);
    std::vector<char> buffer(kTransferBuffer);
    for (;;) {
      in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      const auto got = static_cast<std::size_t>(in.gcount());
      if (got == 0) break;
      upload.hash.update({buffer.data(), got});
      out.write(buffer.data(), static_cast<std::streamsize>(got));
    }
    if (!out.flush()) throw Refusal(507, "quotaLimitReached", "The piece cannot be stored");
  }
  std::filesystem::remove(piece.file);
}

RestUploads::Upload& RestUploads::find(const std::string& id, const std::string& item) {
  const auto found = uploads_.find(id);
  if (found == uploads_.end() || found->second.item != item) {
    throw bad_request("The upload session does not exist");
  }
  return found->second;
}

std::uint64_t RestUploads::start(const std::string& id, const std::string& item,
                                 const Arrived& piece) {
  const std::scoped_lock lock(mutex_);
  if (id.empty() || uploads_.contains(id)) throw bad_request("The upload session exists already");
  Upload& upload = uploads_[id];
  upload.item = item;
  upload.file = piece.file;
  upload.file += ".rest";
  take(upload, piece);
  return upload.hash.length();
}

std::uint64_t RestUploads::append(const std::string& id, const std::string& item,
                                  std::uint64_t offset, const Arrived& piece) {
  const std::scoped_lock lock(mutex_);
  Upload& upload = find(id, item);
  if (offset != upload.hash.length()) throw bad_request("The offset is not the next one");
  take(upload, piece);
  return upload.hash.length();
}

Arrived RestUploads::finish(const std::string& id, const std::string& item, std::uint64_t offset,
                            const Arrived& piece) {
  append(id, item, offset, piece);
  const std::scoped_lock lock(mutex_);
  Upload& upload = find(id, item);
  Arrived whole{upload.file, upload.hash.length(), upload.hash.base64_digest()};
  uploads_.erase(id);
  return whole;
}

void RestUploads::cancel(const std::string& id, const std::string& item) {
  const std::scoped_lock lock(mutex_);
  std::filesystem::remove(find(id, item).file);
  uploads_.erase(id);
}

}  // namespace kerros::sandbox
