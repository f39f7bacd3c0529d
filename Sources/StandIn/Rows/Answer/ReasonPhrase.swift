/// What a status line says after the number.
func reasonPhrase(_ status: Int) -> String {
  switch status {
  case 200: "OK"
  case 201: "Created"
  case 204: "No Content"
  case 206: "Partial Content"
  case 300: "Multiple Choices"
  case 400: "Bad Request"
  case 401: "Unauthorized"
  case 403: "Forbidden"
  case 404: "Not Found"
  case 405: "Method Not Allowed"
  case 406: "Not Acceptable"
  case 409: "Conflict"
  case 416: "Requested Range Not Satisfiable"
  case 418: "I'm a teapot"
  case 500: "Internal Server Error"
  case 503: "Service Unavailable"
  case 504: "Gateway Timeout"
  default: "Unknown"
  }
}
