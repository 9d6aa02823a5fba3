import '../../support/overHttp2';
import '../record.test';
