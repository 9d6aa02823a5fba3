import '../../support/overHttp2';
import '../secrets.test';
