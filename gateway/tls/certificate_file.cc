// Certificates and keys in files: PEM out, never over a file that exists, and PEM in.
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "gateway/tls/certificate.h"
#include "gateway/tls/error.h"

namespace kerros::tls {
namespace {

struct FreeOf {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeOf>;

tl::unexpected<Error> refused(const std::string& what) {
  return fail(ErrorCode::kUnavailable, what + ": " + take_openssl_reason());
}

std::string_view text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Status write_new(const std::string& file, std::string_view text, mode_t mode) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) {
    const auto code = errno == EEXIST ? ErrorCode::kConflict : ErrorCode::kUnavailable;
    return fail(code, file + ": cannot be created: " + std::strerror(errno));
  }
  bool ok = true;
  while (ok && !text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    ok = put > 0 || (put < 0 && errno == EINTR);
    if (put > 0) text.remove_prefix(static_cast<std::size_t>(put));
  }
  ok = ok && ::fsync(fd) == 0;
  const int number = errno;
  ::close(fd);
  if (ok) return {};
  ::unlink(file.c_str());
  return fail(ErrorCode::kUnavailable, file + ": cannot be written: " + std::strerror(number));
}

std::string pem_of(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return {};
  return std::string(text_of(bio.get()));
}

// An encrypted key would make OpenSSL ask on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

std::shared_ptr<X509> next_certificate(BIO* in) {
  return {PEM_read_bio_X509(in, nullptr, no_passphrase, nullptr), X509_free};
}

bool is_self_signed(X509* certificate) {
  return (X509_get_extension_flags(certificate) & EXFLAG_SS) != 0;
}

// As strict as with the key of the store.
Status check_private(BIO* in, const std::string& file) {
  FILE* opened = nullptr;
  struct stat info{};
  if (BIO_get_fp(in, &opened) != 1 || ::fstat(::fileno(opened), &info) != 0)
    return fail(ErrorCode::kUnavailable, file + ": cannot be looked at");
  if ((info.st_mode & 077) == 0) return {};
  return fail(ErrorCode::kUnavailable, file +
                                           " may be read by others: chmod 0400 it, and consider "
                                           "the key known if that was ever so");
}

// Whether it may sign servers' certificates now.
Status check_authority(X509* certificate, EVP_PKEY* key, const std::string& file) {
  if (X509_check_ca(certificate) != 1)
    return fail(ErrorCode::kMalformed, file + ": not an authority's certificate (CA:TRUE)");
  if ((X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) == 0)
    return fail(ErrorCode::kMalformed, file + ": its key usage does not allow it to sign others");
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0)
    return fail(ErrorCode::kMalformed, file + ": it has expired");
  if (X509_check_private_key(certificate, key) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kConflict, file + ": the key belongs to another certificate");
  }
  return {};
}

}  // namespace

Result<Certificate> Certificate::read_authority(const std::string& chain_file,
                                                const std::string& key_file) {
  ERR_clear_error();
  const BioPtr chain(BIO_new_file(chain_file.c_str(), "r"));
  if (!chain) return refused(chain_file);
  X509Ptr own = next_certificate(chain.get());
  if (!own) return fail(ErrorCode::kMalformed, chain_file + ": no certificate in PEM form");
  const BioPtr secret(BIO_new_file(key_file.c_str(), "r"));
  if (!secret) return refused(key_file);
  if (auto ok = check_private(secret.get(), key_file); !ok) return tl::unexpected(ok.error());
  KeyPtr key(PEM_read_bio_PrivateKey(secret.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key) {
    ERR_clear_error();
    return fail(ErrorCode::kMalformed, key_file + ": no unencrypted private key in PEM form");
  }
  if (auto ok = check_authority(own.get(), key.get(), chain_file); !ok)
    return tl::unexpected(ok.error());
  Certificate made(std::move(key), own);
  if (!is_self_signed(own.get())) made.chain_.push_back(std::move(own));
  while (auto next = next_certificate(chain.get()))
    if (!is_self_signed(next.get())) made.chain_.push_back(std::move(next));
  ERR_clear_error();  // the end of the file is no error
  return made;
}

Status Certificate::write(const std::string& certificate_file, const std::string& key_file) const {
  const BioPtr secret(BIO_new(BIO_s_secmem()));  // wiped when freed
  if (!secret || PEM_write_bio_PKCS8PrivateKey(secret.get(), key_.get(), nullptr, nullptr, 0,
                                               nullptr, nullptr) != 1)
    return refused(key_file + ": the key cannot be written");
  if (auto ok = write_new(key_file, text_of(secret.get()), 0400); !ok) return ok;
  std::string text = certificate_pem();
  for (const auto& link : chain_)
    if (X509_cmp(link.get(), certificate_.get()) != 0) text += pem_of(link.get());
  auto ok = write_new(certificate_file, text, 0444);
  if (!ok) ::unlink(key_file.c_str());
  return ok;
}

std::string Certificate::certificate_pem() const { return pem_of(certificate_.get()); }

}  // namespace kerros::tls
